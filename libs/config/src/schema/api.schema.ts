import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { AuthSchemes } from './auth-schemes.decorator.js';
import { NotBuiltYet } from './not-built-yet.decorator.js';
import { OAuth2Section } from './oauth2.schema.js';
import { PluginEntrySection } from './plugin-entry.schema.js';
import { IsDuration } from './quantity.decorator.js';
import { Doc, Section, SectionList } from './section.decorator.js';
import { IsId, IsLine, IsProse, IsWord } from './text.decorator.js';
import { IsHostName, IsRoutePath, IsUpstreamUrl } from './url.decorator.js';
import { WebSocketSection } from './websocket.schema.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export class UpstreamTargetSection {
  @Doc('Base URL of one instance.')
  @IsUpstreamUrl()
  url!: string;

  @Doc('Share of the calls in proportion to the other targets.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  weight: number = 1;
}

export class UpstreamSection {
  @Doc('Base URL of the API behind the gateway.')
  @IsOptional()
  @IsUpstreamUrl()
  url?: string;

  @Doc('Instances of the API behind the gateway, in place of `url`.')
  @IsOptional()
  @ArrayNotEmpty()
  @SectionList(() => UpstreamTargetSection)
  targets?: UpstreamTargetSection[];

  @Doc('How long connecting may take.')
  @IsOptional()
  @IsDuration('10ms', '5m')
  connectTimeout: number | string = '5s';

  @Doc('How long the upstream may be silent: until its response begins, and between two pieces of its body.')
  @IsOptional()
  @IsDuration('10ms', '1d')
  timeout: number | string = '60s';

  @Doc('How often a call that never reached the upstream, or may be repeated safely, is tried again.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10)
  retries: number = 1;
}

export class RouteSection {
  @Doc('Path prefixes; the longest that matches wins, on the borders of segments.')
  @ArrayNotEmpty()
  @IsArray()
  @IsRoutePath()
  paths: string[] = [];

  @Doc('Take the matched prefix off before the upstream.')
  @IsOptional()
  @IsBoolean()
  stripPath: boolean = true;

  @Doc("Send the client's Host header to the upstream in place of the upstream's own.")
  @IsOptional()
  @IsBoolean()
  preserveHost: boolean = false;

  @Doc('Methods the route takes; empty: all.')
  @IsOptional()
  @IsArray()
  @IsWord(METHODS, { each: true })
  methods: string[] = [];

  @Doc('Host names the route takes; empty: all.')
  @IsOptional()
  @IsArray()
  @IsHostName()
  hosts: string[] = [];

  @Doc('Scopes that a token must have to use the route.')
  @IsOptional()
  @IsArray()
  @IsLine({ each: true })
  scopes: string[] = [];

  @Doc('Plugins for this route alone.')
  @IsOptional()
  @SectionList(() => PluginEntrySection)
  plugins: PluginEntrySection[] = [];
}

@Doc('apis/<id>/api.yaml: an API, how it is protected and where its calls go.')
export class ApiFile {
  @Doc('Name shown to people.')
  @IsLine()
  name!: string;

  @Doc('What the API is for, in a line.')
  @IsOptional()
  @IsProse()
  summary: string = '';

  @Doc('What a caller must bring: oauth2 (a bearer token), key-auth (an API key), a list of the two (either), or none (open to everyone).')
  @AuthSchemes()
  auth!: string | string[];

  @Doc('Ids of the auth methods by which people may give access; for APIs with oauth2.')
  @IsOptional()
  @IsArray()
  @IsId({ each: true })
  authMethods: string[] = [];

  @Doc('Ids of the plans that an application may choose from.')
  @IsOptional()
  @IsArray()
  @IsId({ each: true })
  plans: string[] = [];

  @Doc('Id of the group whose members alone see the API and subscribe to it.')
  @IsOptional()
  @IsId()
  group?: string;

  @Doc('Others than members of the group see the API, but cannot subscribe.')
  @IsOptional()
  @IsBoolean()
  partner: boolean = false;

  @Doc('No new subscriptions; existing ones go on working.')
  @IsOptional()
  @IsBoolean()
  deprecated: boolean = false;

  @Doc("Name of a bundle of APIs that accept one another's credentials. Not built yet: leave it out.")
  @IsOptional()
  @NotBuiltYet('bundles of APIs are')
  bundle?: string;

  @Doc('Words by which people find the API.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsLine({ each: true })
  tags: string[] = [];

  @Doc('Id of the registration pool whose form people fill in once; for APIs with oauth2.')
  @IsOptional()
  @IsId()
  registrationPool?: string;

  @Doc('Take the key or token off before the upstream.')
  @IsOptional()
  @IsBoolean()
  hideCredentials: boolean = true;

  @Doc('Grants, scopes and tokens; for APIs with oauth2.')
  @IsOptional()
  @Section(() => OAuth2Section)
  oauth2?: OAuth2Section;

  @Doc('Where the calls go.')
  @Section(() => UpstreamSection)
  upstream!: UpstreamSection;

  @Doc('Who may open a WebSocket, and how long one may be silent.')
  @IsOptional()
  @Section(() => WebSocketSection)
  webSocket: WebSocketSection = new WebSocketSection();

  @Doc('Which calls are for this API.')
  @ArrayNotEmpty()
  @SectionList(() => RouteSection)
  routes: RouteSection[] = [];

  @Doc('Plugins for the calls of this API.')
  @IsOptional()
  @SectionList(() => PluginEntrySection)
  plugins: PluginEntrySection[] = [];
}
