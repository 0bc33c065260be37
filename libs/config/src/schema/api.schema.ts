import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsBoolean, IsOptional } from 'class-validator';
import { AuthSchemes } from './auth-schemes.decorator.js';
import { NotBuiltYet } from './not-built-yet.decorator.js';
import { OAuth2Section } from './oauth2.schema.js';
import { PluginEntrySection } from './plugin-entry.schema.js';
import { IsSize } from './quantity.decorator.js';
import { Doc, Section, SectionList } from './section.decorator.js';
import { IsId, IsLine, IsProse, IsWord } from './text.decorator.js';
import { UpstreamSection } from './upstream.schema.js';
import { IsHostName, IsRoutePath } from './url.decorator.js';
import { WebSocketSection } from './websocket.schema.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

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

  @Doc('Largest body of a request, such as 10mb; larger ones are answered 413. Goes before that of the API.')
  @IsOptional()
  @IsSize('1b', '100gb')
  maxBodySize?: number | string;

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

  @Doc('Largest body of a request, such as 10mb; larger ones are answered 413. Goes before that of the installation.')
  @IsOptional()
  @IsSize('1b', '100gb')
  maxBodySize?: number | string;

  @Doc('Plugins for the calls of this API.')
  @IsOptional()
  @SectionList(() => PluginEntrySection)
  plugins: PluginEntrySection[] = [];
}
