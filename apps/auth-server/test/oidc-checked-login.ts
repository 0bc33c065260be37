/**
 * A whole OpenID login that checks each answer on the way, as the OpenID conformance suite does in every module of its OP plans:
 * state, iss and code of the redirect, the token response, the id_token, and the userinfo that goes with it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { decodeProtectedHeader, type JWTPayload } from 'jose';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { authorize, authorizeUrl, postToken, returned, type TestClient } from './flow-driver.js';
import { bearer, readIdToken, type UserinfoAnswer, userinfo } from './oidc-driver.js';

export interface CheckedLogin {
  readonly code: string;
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the tests look at
  readonly tokens: any;
  readonly claims: JWTPayload;
  readonly userinfo: UserinfoAnswer['body'];
}

export interface LoginWishes {
  readonly session?: WebSession;
  /** How the client says who it is at the token endpoint. */
  readonly authentication?: 'basic' | 'post';
  /** Parameters of the token request beside code and redirect URI. */
  readonly exchange?: Record<string, string>;
  /** Begins otherwise than by GET with a query. */
  readonly begin?: (session: WebSession, parameters: URLSearchParams) => Promise<Visit>;
}

export async function checkedLogin(
  issuer: string,
  client: TestClient,
  changes: Record<string, string | undefined> = {},
  { session = new WebSession(), authentication = 'basic', exchange = {}, begin }: LoginWishes = {},
): Promise<CheckedLogin> {
  const state = randomBytes(16).toString('hex');
  const nonce = 'nonce' in changes ? changes.nonce : randomBytes(16).toString('hex');
  const url = authorizeUrl(issuer, client, { scope: 'openid', state, ...changes, nonce });
  const first = begin === undefined ? url : ((await begin(session, new URL(url).searchParams)).location ?? '');
  const back = returned(await authorize(session, first));
  expect(back).toEqual({ code: expect.any(String), state, iss: issuer });
  const code = back.code as string;

  const answer = await redeem(issuer, client, { code, ...exchange }, authentication);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('application/json')]);
  expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
  const tokens = answer.body;
  expect(tokens).toMatchObject({ token_type: expect.stringMatching(/^bearer$/i), expires_in: expect.any(Number) });

  const claims = await readIdToken(issuer, client, tokens.id_token);
  const now = Math.floor(Date.now() / 1_000);
  expect(decodeProtectedHeader(tokens.id_token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
  expect([claims.iss, claims.aud, claims.azp, claims.nonce]).toEqual([issuer, client.id, undefined, nonce]);
  expect(claims.sub).toMatch(/^[\x21-\x7e]{1,255}$/);
  expect(Math.abs(now - (claims.iat as number))).toBeLessThan(5 * 60);
  expect(claims.exp as number).toBeGreaterThan(now);
  expect(claims.auth_time).toEqual(expect.any(Number));
  expect(claims.at_hash).toBe(createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url'));

  const told = await userinfo(issuer, bearer(tokens.access_token));
  expect([told.status, told.headers.get('content-type')]).toEqual([200, expect.stringContaining('application/json')]);
  expect(told.body.sub).toBe(claims.sub);
  return { code, tokens, claims, userinfo: told.body };
}

/** Redeems a code with the redirect URI, as OpenID clients do. */
export function redeem(issuer: string, client: TestClient, more: Record<string, string>, authentication: 'basic' | 'post' = 'basic') {
  const body = { grant_type: 'authorization_code', redirect_uri: client.redirectUri, ...more };
  const { id, secret = '' } = client;
  if (authentication === 'post') return postToken(issuer, { ...body, client_id: id, client_secret: secret });
  const credentials = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  return postToken(issuer, body, { headers: { authorization: `Basic ${credentials}` } });
}
