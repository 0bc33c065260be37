import { ArrayNotEmpty, IsArray, IsBoolean, IsOptional } from 'class-validator';
import { Check } from './check.decorator.js';
import { IsDuration } from './quantity.decorator.js';
import { Doc, isMap } from './section.decorator.js';
import { IsWord } from './text.decorator.js';
import { IsCallOutUrl } from './url.decorator.js';

const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
/** Only where they are named: RFC 9700 §2.1.2 and §2.4 advise against the first two. */
const OTHER_GRANTS = ['implicit', 'password', 'urn:ietf:params:oauth:grant-type:device_code'] as const;

export class OAuth2Section {
  @Doc('Grants that clients may use.')
  @IsOptional()
  @ArrayNotEmpty()
  @IsArray()
  @IsWord([...GRANTS, ...OTHER_GRANTS], { each: true })
  grants: string[] = [...GRANTS];

  @Doc('Scope → what it allows, as the consent page says it.')
  @IsOptional()
  @Check('isMap', (value) => (isMap(value) ? null : 'must be a map of scope and description, such as { read: Read orders }'), {
    schema: { type: 'object', additionalProperties: { type: 'string', minLength: 1 } },
  })
  scopes: Record<string, unknown> = {};

  @Doc('An authorization request must name a scope.')
  @IsOptional()
  @IsBoolean()
  mandatoryScope: boolean = false;

  @Doc('How long an access token lives.')
  @IsOptional()
  @IsDuration('1s', '366d')
  accessTokenTtl: number | string = '1h';

  @Doc('How long a refresh token lives.')
  @IsOptional()
  @IsDuration('1s', '3660d')
  refreshTokenTtl: number | string = '14d';

  @Doc('Longest time from the authorization on for which refresh tokens can be renewed; 365 days, or refreshTokenTtl where that is longer.')
  @IsOptional()
  @IsDuration('1s', '36600d')
  refreshTokenMaxAge?: number | string;

  @Doc('Kind of access token: opaque, or jwt (RFC 9068).')
  @IsOptional()
  @IsWord(['opaque', 'jwt'])
  tokenFormat: string = 'opaque';

  @Doc('Whether clients of type public_spa get refresh tokens.')
  @IsOptional()
  @IsBoolean()
  spaRefreshTokens: boolean = false;

  @Doc('The API is told who a person is by passthroughScopeUrl alone: nothing of their account here, and no consent is remembered.')
  @IsOptional()
  @IsBoolean()
  passthroughUsers: boolean = false;

  @Doc('A service that decides on each authorization: whether it is allowed, with which scopes, and who the API is told the person is.')
  @IsOptional()
  @IsCallOutUrl({ query: true })
  passthroughScopeUrl?: string | null;

  @Doc('A service that lists the scopes of the API, at this URL with the id of the API behind it; they come on top of those in scopes.')
  @IsOptional()
  @IsCallOutUrl({ query: false })
  scopeLookupUrl?: string | null;
}
