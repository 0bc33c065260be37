import { IsArray, IsBoolean, IsOptional } from 'class-validator';
import { AccessLogSection, SlowCallsSection } from './observability.schema.js';
import { PluginEntrySection } from './plugin-entry.schema.js';
import { IsDuration, IsSize } from './quantity.decorator.js';
import { Doc, Section, SectionList } from './section.decorator.js';
import { IsCidr, IsColor, IsEmailAddress, IsId, IsImageName, IsKeyHeader, IsLine, IsPassword, IsSender } from './text.decorator.js';
import { TlsSection } from './tls.schema.js';
import { IsMailServerUrl, IsPublicUrl } from './url.decorator.js';

export class PublicUrlsSection {
  @Doc('Where clients call the APIs. PUBLIC_GATEWAY_URL overrides it.')
  @IsOptional()
  @IsPublicUrl()
  gateway: string = 'http://localhost:8000';

  @Doc('Where people log in and clients get tokens; part of every issuer. PUBLIC_AUTH_URL overrides it.')
  @IsOptional()
  @IsPublicUrl()
  auth: string = 'http://localhost:8010';

  @Doc('Where the developer portal is. PUBLIC_PORTAL_URL overrides it.')
  @IsOptional()
  @IsPublicUrl()
  portal: string = 'http://localhost:8020';
}

export class ThemeSection {
  @Doc('Colour of buttons and links, in quotes: "#0b5fff".')
  @IsOptional()
  @IsColor()
  color: string = '#0b5fff';

  @Doc('Name of an image beside gatehouse.yaml.')
  @IsOptional()
  @IsImageName()
  logo?: string;
}

export class PortalSection {
  @Doc('Ids of the auth methods by which people log in to the portal.')
  @IsOptional()
  @IsArray()
  @IsId({ each: true })
  authMethods: string[] = [];

  @Doc('Whether the portal leads people to where they can create an account.')
  @IsOptional()
  @IsBoolean()
  signup: boolean = false;

  @Doc('Look of the portal and of the login pages.')
  @IsOptional()
  @Section(() => ThemeSection)
  theme: ThemeSection = new ThemeSection();
}

export class InitialUserSection {
  @Doc('E-mail address by which the person logs in.')
  @IsEmailAddress()
  email!: string;

  @Doc('Password; better a variable such as "${ADMIN_PASSWORD}".')
  @IsPassword()
  password!: string;

  @Doc('Ids of the groups the person is in.')
  @IsOptional()
  @IsArray()
  @IsId({ each: true })
  groups: string[] = [];

  @Doc('Whether the e-mail address counts as confirmed.')
  @IsOptional()
  @IsBoolean()
  validated: boolean = false;

  @Doc('Whether the password is only the first one: at their first login people choose their own, and this one no longer counts.')
  @IsOptional()
  @IsBoolean()
  mustChangePassword: boolean = false;
}

export class AuditSection {
  @Doc('How long events stay in the audit log.')
  @IsOptional()
  @IsDuration('1d', '36500d')
  retention: number | string = '365d';
}

export class MailSection {
  @Doc('Address that mails come from: apis@acme.example, or Acme APIs <apis@acme.example>.')
  @IsSender()
  from!: string;

  @Doc('Mail server, better a variable: smtp://user:password@host:587, or smtps://…:465. Empty or left out: mails are written to the log.')
  @IsOptional()
  @IsMailServerUrl()
  url?: string;
}

@Doc('gatehouse.yaml: the installation as a whole.')
export class InstallationFile {
  @Doc('Name of the installation, shown on every page.')
  @IsLine()
  title!: string;

  @Doc('Base URLs as clients and people see them.')
  @IsOptional()
  @Section(() => PublicUrlsSection)
  publicUrls: PublicUrlsSection = new PublicUrlsSection();

  @Doc('The developer portal.')
  @IsOptional()
  @Section(() => PortalSection)
  portal: PortalSection = new PortalSection();

  @Doc('Request header that carries an API key.')
  @IsOptional()
  @IsKeyHeader()
  apiKeyHeader: string = 'X-ApiKey';

  @Doc('Addresses or CIDRs of the proxies in front of Gatehouse, whose X-Forwarded-* headers count.')
  @IsOptional()
  @IsArray()
  @IsCidr()
  trustedProxies: string[] = [];

  @Doc('Makes the public port of the gateway speak TLS.')
  @IsOptional()
  @Section(() => TlsSection)
  tls?: TlsSection;

  @Doc('Mails to people: to confirm an address, to set a new password.')
  @IsOptional()
  @Section(() => MailSection)
  mail?: MailSection;

  @Doc('People who exist from the start; read-only elsewhere.')
  @IsOptional()
  @SectionList(() => InitialUserSection)
  initialUsers: InitialUserSection[] = [];

  @Doc('The log of who did what, and when.')
  @IsOptional()
  @Section(() => AuditSection)
  audit: AuditSection = new AuditSection();

  @Doc('The log of calls through the gateway.')
  @IsOptional()
  @Section(() => AccessLogSection)
  accessLog: AccessLogSection = new AccessLogSection();

  @Doc('Warnings of slow calls in the log of the gateway.')
  @IsOptional()
  @Section(() => SlowCallsSection)
  slowCalls: SlowCallsSection = new SlowCallsSection();

  @Doc('Largest body of a request, such as 10mb; larger ones are answered 413. Unlimited where nothing is said.')
  @IsOptional()
  @IsSize('1b', '100gb')
  maxBodySize?: number | string;

  @Doc('Plugins for every API; those of an API, route or plan replace them by name.')
  @IsOptional()
  @SectionList(() => PluginEntrySection)
  plugins: PluginEntrySection[] = [];
}
