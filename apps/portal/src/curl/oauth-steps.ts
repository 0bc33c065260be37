import type { OAuth2Settings } from '#config/registry.js';
import type { AuthMethodUrls } from '../api-view/api-urls.js';
import { wordDuration } from '../api-view/duration-wording.js';
import type { CurlStep } from './curl-step.js';
import type { ExampleCall } from './example-call.js';
import { curlCall } from './key-steps.js';
import { escapeInDoubleQuotes, quoteLiteral } from './shell-quote.js';

/**
 * How an application acts: for people, with a secret; for people but in their hands, where PKCE (RFC 7636) takes the secret's place;
 * or for itself.
 */
export type ClientKind = 'confidential' | 'public' | 'machine';

/** The kinds of client that an API has a use for. */
export function clientKindsOf(oauth2: OAuth2Settings): ClientKind[] {
  const forPeople: ClientKind[] = oauth2.grants.includes('authorization_code') ? ['confidential', 'public'] : [];
  return oauth2.grants.includes('client_credentials') ? [...forPeople, 'machine'] : forPeople;
}

export interface OAuthFlow {
  readonly urls: AuthMethodUrls;
  readonly oauth2: OAuth2Settings;
  readonly call: ExampleCall;
  readonly client: ClientKind;
}

/** The whole flow, from credentials to the refreshed token (RFC 6749 §4.1 and §6; for machines §4.4). */
export function oauthSteps(flow: OAuthFlow): CurlStep[] {
  if (flow.client === 'machine') return [credentialsStep(flow), machineStep(flow), callStep(flow)];
  const steps = [credentialsStep(flow), authorizeStep(flow), exchangeStep(flow), callStep(flow)];
  return flow.oauth2.grants.includes('refresh_token') ? [...steps, refreshStep(flow)] : steps;
}

function credentialsStep({ client }: OAuthFlow): CurlStep {
  const secret = client === 'public' ? [] : ["CLIENT_SECRET='YOUR_CLIENT_SECRET'"];
  const redirect = client === 'machine' ? [] : ["REDIRECT_URI='YOUR_REDIRECT_URI'"];
  return {
    title: 'Fill in what is yours',
    explanation: 'They belong to your application and its subscription to this API. The next steps use these variables.',
    code: ["CLIENT_ID='YOUR_CLIENT_ID'", ...secret, ...redirect].join('\n'),
  };
}

function authorizeStep({ urls, oauth2, client }: OAuthFlow): CurlStep {
  const scopes = [...oauth2.scopes.keys()].join(' ');
  const query = [
    'response_type=code',
    'client_id=$CLIENT_ID',
    'redirect_uri=$ENCODED_URI',
    ...(scopes === '' ? [] : [`scope=${escapeInDoubleQuotes(encodeURIComponent(scopes))}`]),
    'state=$STATE',
    ...(client === 'public' ? ['code_challenge=$CODE_CHALLENGE', 'code_challenge_method=S256'] : []),
  ].join('&');
  return {
    title: 'Send the person to the authorize URL',
    explanation:
      client === 'public'
        ? 'Prints the address to open in a browser. The verifier stays with you; only its hash, the challenge, is sent along.'
        : 'Prints the address to open in a browser.',
    code: [
      `ENCODED_URI=$(printf %s "$REDIRECT_URI" | sed 's/%/%25/g; s/&/%26/g; s/+/%2B/g')`,
      'STATE=$(openssl rand -hex 16)',
      ...(client === 'public'
        ? [
            'CODE_VERIFIER=$(openssl rand -hex 32)',
            `CODE_CHALLENGE=$(printf %s "$CODE_VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')`,
          ]
        : []),
      `echo "${escapeInDoubleQuotes(urls.authorizeUrl)}?${query}"`,
    ].join('\n'),
  };
}

function exchangeStep({ urls, client }: OAuthFlow): CurlStep {
  const proof: readonly [string, string] = client === 'public' ? ['code_verifier', '$CODE_VERIFIER'] : ['client_secret', '$CLIENT_SECRET'];
  const fields = [['grant_type', 'authorization_code'], ['client_id', '$CLIENT_ID'], proof, ['code', '$CODE']] as const;
  return {
    title: 'Exchange the code for tokens',
    explanation:
      'After login and consent the browser lands on your redirect URI with ?code=…&state=…. The state must be the one you sent; the code works once, within a minute.',
    code: `CODE='YOUR_CODE'\n${postJson(urls.tokenUrl, fields)}`,
    alternative: {
      title: 'The same as a form',
      code: `CODE='YOUR_CODE'\n${postForm(urls.tokenUrl, [...fields, ['redirect_uri', '$REDIRECT_URI']])}`,
    },
  };
}

function machineStep({ urls, oauth2 }: OAuthFlow): CurlStep {
  const scopes = [...oauth2.scopes.keys()].join(' ');
  const fields: Field[] = [
    ['grant_type', 'client_credentials'],
    ['client_id', '$CLIENT_ID'],
    ['client_secret', '$CLIENT_SECRET'],
    ...(scopes === '' ? [] : [['scope', escapeInDoubleQuotes(scopes)] as const]),
  ];
  return {
    title: 'Get a token',
    explanation: 'The application acts for itself: nobody logs in. When the token ends, ask for another.',
    code: postJson(urls.tokenUrl, fields),
    alternative: { title: 'The same as a form', code: postForm(urls.tokenUrl, fields) },
  };
}

function callStep({ call, oauth2 }: OAuthFlow): CurlStep {
  return {
    title: 'Call the API',
    explanation: `The access token works for ${wordDuration(oauth2.accessTokenTtl)}, at this API only.`,
    code: `${pickFromTokens('ACCESS_TOKEN', 'access_token')}\n${curlCall(call, '"Authorization: Bearer $ACCESS_TOKEN"')}`,
  };
}

function refreshStep({ urls, oauth2, client }: OAuthFlow): CurlStep {
  const secret = client === 'confidential' ? [['client_secret', '$CLIENT_SECRET'] as const] : [];
  const fields = [
    ['grant_type', 'refresh_token'] as const,
    ['client_id', '$CLIENT_ID'] as const,
    ...secret,
    ['refresh_token', '$REFRESH_TOKEN'] as const,
  ];
  const who =
    client === 'public' && !oauth2.spaRefreshTokens ? ' Native applications get refresh tokens; single-page ones log in again.' : '';
  return {
    title: 'Refresh',
    explanation: `Within ${wordDuration(oauth2.refreshTokenTtl)} the refresh token gets you new tokens. It works once: keep the new one that comes with the answer.${who}`,
    code: `${pickFromTokens('REFRESH_TOKEN', 'refresh_token')}\n${postJson(urls.tokenUrl, fields)}`,
    alternative: {
      title: 'The same as a form',
      code: `${pickFromTokens('REFRESH_TOKEN', 'refresh_token')}\n${postForm(urls.tokenUrl, fields)}`,
    },
  };
}

type Field = readonly [name: string, value: string];

function postJson(url: string, fields: readonly Field[]): string {
  const members = fields.map(([name, value]) => `  "${name}": "${value}"`).join(',\n');
  return [
    `TOKENS=$(curl -sS ${quoteLiteral(url)} \\`,
    "  -H 'Content-Type: application/json' -d @- <<JSON",
    `{\n${members}\n}`,
    'JSON',
    ')',
    'echo "$TOKENS"',
  ].join('\n');
}

function postForm(url: string, fields: readonly Field[]): string {
  const options = fields.map(([name, value]) => `  --data-urlencode "${name}=${value}"`).join(' \\\n');
  return `TOKENS=$(curl -sS ${quoteLiteral(url)} \\\n${options})\necho "$TOKENS"`;
}

/** Takes a member of the token answer into a variable, with what every machine has. */
function pickFromTokens(variable: string, member: string): string {
  return `${variable}=$(echo "$TOKENS" | sed -n 's/.*"${member}" *: *"\\([^"]*\\)".*/\\1/p')`;
}
