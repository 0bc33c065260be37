/** OpenID Connect over the flow driver: whole logins, their id_tokens, and the userinfo endpoint. */
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorize, authorizeUrl, exchange, type Person, returned, type TestClient } from './flow-driver.js';

/** Checks an id_token as a client does: signature by the issuer's key set, issuer, audience, times. */
export async function readIdToken(issuer: string, client: TestClient, idToken: string): Promise<JWTPayload> {
  const keySet = await (await fetch(`${issuer}/jwks`)).json();
  const { payload } = await jwtVerify(idToken, createLocalJWKSet(keySet), { issuer, audience: client.id, algorithms: ['RS256'] });
  return payload;
}

export interface OpenIdLogin {
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the tests look at
  readonly body: any;
  readonly claims: JWTPayload;
}

/** Logs a person in with `openid`, up to the checked id_token. */
export async function logInByOpenId(
  issuer: string,
  client: TestClient,
  changes: Record<string, string | undefined> = {},
  { session = new WebSession(), person = ADA }: { session?: WebSession; person?: Person } = {},
): Promise<OpenIdLogin> {
  const back = returned(await authorize(session, authorizeUrl(issuer, client, { scope: 'openid', ...changes }), person));
  if (back.code === undefined) throw new Error(`No code: ${JSON.stringify(back)}`);
  const { status, body } = await exchange(issuer, client, back.code);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return { body, claims: await readIdToken(issuer, client, body.id_token) };
}

export interface UserinfoAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the tests look at
  readonly body: any;
}

export async function userinfo(issuer: string, init: RequestInit = {}, path = 'userinfo'): Promise<UserinfoAnswer> {
  const response = await fetch(`${issuer}/${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
