/** The userinfo endpoint (OpenID Connect Core §5.3): every check of a request, in order, then the claims. */
import type { IncomingMessage } from 'node:http';
import { HttpException, NotFoundException } from '@nestjs/common';
import { type Issuer, resolveIssuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { PresentedToken } from '#persistence/token/presented-token.store.js';
import type { PersonClaims } from '../claims/person-claims.js';
import { readRequestBody } from '../http/request-body.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { BearerError } from './bearer-error.js';

export interface UserinfoInput {
  readonly snapshot: RegistrySnapshot;
  readonly authMethodId: string;
  readonly apiId: string;
  readonly request: IncomingMessage;
}

export interface UserinfoDeps {
  /** @returns null where there is no such access token */
  readonly findAccessToken: (text: string) => Promise<PresentedToken | null>;
  readonly claims: PersonClaims;
}

/** @throws BearerError, HttpException */
export async function answerUserinfo(
  { snapshot, authMethodId, apiId, request }: UserinfoInput,
  deps: UserinfoDeps,
): Promise<Record<string, unknown>> {
  const issuer = checkIssuer(snapshot, authMethodId, apiId);
  const text = await readToken(request, issuer);
  const token = checkToken(await deps.findAccessToken(text), issuer);
  const userId = checkScope(token, issuer);
  const claims = await deps.claims.find(userId, issuer, token.scopes, token);
  if (claims === null) throw invalidToken(issuer);
  return claims;
}

function checkIssuer(snapshot: RegistrySnapshot, authMethodId: string, apiId: string): Issuer {
  const issuer = resolveIssuer(snapshot, authMethodId, apiId);
  if (issuer === null) throw new NotFoundException('There is no authorization server at this URL');
  return issuer;
}

/** RFC 6750 §2.1, §2.2: from the header or, by POST, from a form; never from the URL, never from two places. */
async function readToken(request: IncomingMessage, issuer: Issuer): Promise<string> {
  const { authorization } = request.headers;
  const fromHeader = authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (authorization !== undefined && /^bearer\b/i.test(authorization) && fromHeader === undefined) {
    throw new BearerError(issuer.url, 'invalid_request', 'The Authorization header is not well-formed');
  }
  const fromBody = request.method === 'POST' ? await readTokenOfForm(request, issuer) : undefined;
  if (fromHeader !== undefined && fromBody !== undefined) {
    throw new BearerError(issuer.url, 'invalid_request', 'Send the access token once');
  }
  const token = fromHeader ?? fromBody;
  if (token === undefined) throw new BearerError(issuer.url, null, 'Send an access token as Authorization: Bearer');
  return token;
}

async function readTokenOfForm(request: IncomingMessage, issuer: Issuer): Promise<string | undefined> {
  const body = await readRequestBody(request);
  if (!body.read) throw new HttpException('The body could not be read', body.reason === 'too-large' ? 413 : 400);
  if (body.mediaType !== 'application/x-www-form-urlencoded') return undefined;
  const parameters = parseFormParameters(body.text);
  if (parameters.faultOf('access_token') !== undefined) {
    throw new BearerError(issuer.url, 'invalid_request', 'Send the access token once');
  }
  return parameters.get('access_token');
}

/** A token of another issuer is as good as none: what one auth method verified, another must not vouch for. */
function checkToken(token: PresentedToken | null, issuer: Issuer): PresentedToken {
  if (!token?.live || token.apiId !== issuer.api.id || token.authMethodId !== issuer.authMethod.id) throw invalidToken(issuer);
  return token;
}

/** A client's own token has no person behind it, and so never this scope. */
function checkScope(token: PresentedToken, issuer: Issuer): string {
  if (!token.scopes.includes('openid') || token.userId === null) {
    throw new BearerError(issuer.url, 'insufficient_scope', 'The access token was not given for the scope openid', 'openid');
  }
  return token.userId;
}

function invalidToken(issuer: Issuer): BearerError {
  return new BearerError(issuer.url, 'invalid_token', 'The access token is not valid');
}
