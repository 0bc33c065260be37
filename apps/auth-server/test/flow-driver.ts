/** Drives the auth-server as browsers and clients do; the fixture config stands in `config/`. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';

export const startFixture = (): Promise<TestInstallation> => startInstallation({ config: join(import.meta.dirname, 'config') });

export interface TestClient {
  readonly id: string;
  readonly secret?: string;
  readonly redirectUri: string;
  readonly api: string;
}

export const CLIENTS = {
  /** Confidential, not trusted. */
  shop: { id: 'shop-orders', secret: 'shop-orders-secret', redirectUri: 'https://shop.example/cb', api: 'orders' },
  shopReports: { id: 'shop-reports', secret: 'shop-reports-secret', redirectUri: 'https://shop.example/cb', api: 'reports' },
  /** Confidential, trusted. */
  house: { id: 'house-orders', secret: 'house:orders+secret%', redirectUri: 'https://house.example/cb', api: 'orders' },
  /** May have the scope `read` alone. */
  reader: { id: 'reader-orders', secret: 'reader-orders-secret', redirectUri: 'https://reader.example/cb', api: 'orders' },
  /** May have no scope. */
  mute: { id: 'mute-orders', secret: 'mute-orders-secret', redirectUri: 'https://mute.example/cb', api: 'orders' },
  /** In a browser. */
  page: { id: 'page-orders', redirectUri: 'https://page.example/cb', api: 'orders' },
  /** In a browser, at an API that gives refresh tokens to browsers. */
  pageLists: { id: 'page-lists', redirectUri: 'https://page.example/cb', api: 'lists' },
  /** On a phone. */
  pocket: { id: 'pocket-orders', redirectUri: 'com.example.pocket:/cb', api: 'orders' },
} as const satisfies Record<string, TestClient>;

export const ADA = { email: 'ada@example.com', password: 'lovelace' };
export const BOB = { email: 'bob@example.com', password: 'builder-bob' };

export type Person = typeof ADA;

export function issuerOf(installation: TestInstallation, client: TestClient, method = 'local'): string {
  return `${installation.urls.auth}/${method}/api/${client.api}`;
}

/** URL of an authorization request. @param changes parameters over the usual ones; undefined leaves one out */
export function authorizeUrl(issuer: string, client: TestClient, changes: Record<string, string | undefined> = {}): string {
  const parameters = { client_id: client.id, redirect_uri: client.redirectUri, response_type: 'code', state: 'st', ...changes };
  const sent = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${issuer}/authorize?${new URLSearchParams(sent)}`;
}

export interface ProofKey {
  readonly verifier: string;
  readonly challenge: { readonly code_challenge: string; readonly code_challenge_method: 'S256' };
}

export function newProofKey(): ProofKey {
  const verifier = randomBytes(32).toString('base64url');
  const code_challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, challenge: { code_challenge, code_challenge_method: 'S256' } };
}

/** Goes on from a page or a redirect until something other than our own redirects comes: a page, or the way back to the client. */
export function goOn(session: WebSession, visit: Visit): Promise<Visit> {
  return session.follow(visit, new URL(visit.url).origin);
}

/** Logs in on a login page. @returns what comes after it: the consent page, or the redirect to the client */
export async function logIn(session: WebSession, page: Visit, person: Person): Promise<Visit> {
  return goOn(session, await session.submit(page, person));
}

/** Answers a consent page. @returns the redirect to the client */
export async function answerConsent(session: WebSession, page: Visit, decision: 'allow' | 'deny'): Promise<Visit> {
  return goOn(session, await session.submit(page, {}, { marker: 'decision', button: ['decision', decision] }));
}

/** Goes the whole way to the client, logging in and allowing where that is asked. */
export async function authorize(session: WebSession, url: string, person: Person = ADA): Promise<Visit> {
  let visit = await goOn(session, await session.get(url));
  if (visit.body.includes('name="password"')) visit = await logIn(session, visit, person);
  if (visit.body.includes('name="decision"')) visit = await answerConsent(session, visit, 'allow');
  return visit;
}

/** Parameters that a redirect carries to the client. */
export function returned(visit: Visit): Record<string, string> {
  if (visit.location === null) throw new Error(`No redirect from ${visit.url} (${visit.status}):\n${visit.body.slice(0, 2000)}`);
  return Object.fromEntries(new URL(visit.location).searchParams);
}

/** Gets a code for a client, in a browser of its own. */
export async function obtainCode(
  issuer: string,
  client: TestClient,
  changes: Record<string, string | undefined> = {},
  person: Person = ADA,
): Promise<string> {
  const { code } = returned(await authorize(new WebSession(), authorizeUrl(issuer, client, changes), person));
  if (code === undefined) throw new Error('No code');
  return code;
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the tests look at
  readonly body: any;
}

/** Sends a body to the token endpoint. */
export async function postToken(
  issuer: string,
  body: Record<string, string> | string,
  options: { json?: boolean; headers?: Record<string, string> } = {},
): Promise<TokenAnswer> {
  const type = options.json ? 'application/json' : 'application/x-www-form-urlencoded';
  const text = typeof body === 'string' ? body : options.json ? JSON.stringify(body) : new URLSearchParams(body).toString();
  const response = await fetch(`${issuer}/token`, { method: 'POST', headers: { 'content-type': type, ...options.headers }, body: text });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer === '' ? null : JSON.parse(answer) };
}

/** Sends a form to an endpoint that answers with JSON, or nothing. */
export async function postForm(url: string, body: Record<string, string>, headers: Record<string, string> = {}): Promise<TokenAnswer> {
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(body) });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer === '' ? null : JSON.parse(answer) };
}

/** Credentials of a client as body members. */
export function credentials(client: TestClient): Record<string, string> {
  return client.secret === undefined ? { client_id: client.id } : { client_id: client.id, client_secret: client.secret };
}

/** Exchanges a code with the client's credentials in the body. */
export function exchange(issuer: string, client: TestClient, code: string, more: Record<string, string> = {}): Promise<TokenAnswer> {
  return postToken(issuer, { grant_type: 'authorization_code', code, ...credentials(client), ...more });
}

export function refresh(issuer: string, client: TestClient, token: string, more: Record<string, string> = {}): Promise<TokenAnswer> {
  return postToken(issuer, { grant_type: 'refresh_token', refresh_token: token, ...credentials(client), ...more });
}
