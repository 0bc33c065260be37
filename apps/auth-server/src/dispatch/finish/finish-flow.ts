/** The end of an authorization: what the client asked for, by redirect. Each way ends the request and gives out one thing, at once. */
import { randomUUID } from 'node:crypto';
import type { AuthorizationGrounds } from '#persistence/authorization/authorization-grounds.js';
import type { ResponseType } from '#persistence/authorization/authorization-request.store.js';
import type { LiveSession } from '#persistence/authorization/session.store.js';
import type { DeviceAuthorizationStore } from '#persistence/device/device-authorization.store.js';
import type { AuthorizationCodeStore } from '#persistence/token/authorization-code.store.js';
import type { TokenFamilyStore } from '#persistence/token/token-family.store.js';
import { hashToken, newToken } from '#secrets/token.js';
import type { TokenMint } from '../../token/token-mint.js';
import type { FlowInProgress } from '../flow-in-progress.js';
import { grantedScopes } from '../granted-scopes.js';

/** Seconds that a code lives (RFC 6749 §4.1.2 recommends ten minutes at most). */
const CODE_LIFETIME = 60;

/** Parameters of the answer; null: the request had ended already, or something that the answer rests on has. */
export type FlowAnswer = Readonly<Record<string, string | null>> | null;

export interface FinishDeps {
  readonly codes: AuthorizationCodeStore;
  readonly families: TokenFamilyStore;
  readonly devices: DeviceAuthorizationStore;
  readonly mint: TokenMint;
}

export interface FinishedFlow {
  readonly flow: FlowInProgress;
  /** Of the person, in this browser. */
  readonly session: LiveSession;
  /** Of the person's browser. */
  readonly address: string;
  /** Which of the person's namespaces it is for; null: the API's pool has none. */
  readonly namespace: string | null;
  readonly grounds: AuthorizationGrounds;
}

/** RFC 6749 §4.1.2, RFC 9207 §2. */
async function finishWithCode({ codes }: FinishDeps, { flow, session, namespace, grounds }: FinishedFlow): Promise<FlowAnswer> {
  const { redirectUri, state, codeChallenge, nonce } = flow.pending.request;
  const scopes = grantedScopes(flow.pending);
  const code = newToken('authorizationCode');
  const { userId, authenticatedAt } = session;
  const authenticatedUserid = flow.pending.scopeDecision?.authenticatedUserid ?? null;
  const given = { scopes, namespace, authenticatedUserid, grounds };
  const bound = { userId, authenticatedAt, ...given, redirectUri, codeChallenge, nonce: nonce ?? null };
  const next = { hash: hashToken(code), sessionHash: session.idHash, ...bound, lifetime: CODE_LIFETIME };
  if (!(await codes.issue(flow.pending.idHash, next))) return null;
  return { code, state, iss: flow.issuer.url };
}

/** RFC 6749 §4.2.2: "The authorization server MUST NOT issue a refresh token." */
async function finishWithToken({ families, mint }: FinishDeps, finished: FinishedFlow): Promise<FlowAnswer> {
  const { flow, session, address, namespace, grounds } = finished;
  const { request, scopeDecision } = flow.pending;
  const { userId, authenticatedAt, groups } = session;
  const authenticatedUserid = scopeDecision?.authenticatedUserid ?? null;
  const begun = { familyId: randomUUID(), sessionHash: session.idHash, authenticatedAt, nonce: null, begins: true } as const;
  const person = { userId, authenticatedUserid, namespace, groups, grounds, ...begun };
  const { response, rows } = await mint.forPerson(flow, grantedScopes(flow.pending), person);
  const origin = { clientId: flow.client.clientId, address };
  if (!(await families.beginForRequest(flow.pending.idHash, person, { ...rows, refreshTokenHash: null }, origin))) return null;
  const { access_token, token_type, expires_in, scope } = response;
  return { access_token, token_type, expires_in: String(expires_in), scope, state: request.state, iss: flow.issuer.url };
}

/** RFC 8628 §3.3: the device is let in; the person's browser has nothing to carry. */
async function finishWithDevice(
  { devices }: FinishDeps,
  { flow, session, address, namespace, grounds }: FinishedFlow,
): Promise<FlowAnswer> {
  const { userId, authenticatedAt } = session;
  const authenticatedUserid = flow.pending.scopeDecision?.authenticatedUserid ?? null;
  const approval = { scopes: grantedScopes(flow.pending), namespace, authenticatedUserid, grounds };
  const decision = { approval, userId, sessionHash: session.idHash, authenticatedAt, address };
  const { finished, decided } = await devices.decide(flow.pending.idHash, deviceHash(flow), decision);
  if (!finished) return null;
  return decided ? {} : { error: 'expired_token' };
}

/** What a client that asked for it is answered with. */
export const FINISH: Readonly<Record<ResponseType, (deps: FinishDeps, finished: FinishedFlow) => Promise<FlowAnswer>>> = {
  code: finishWithCode,
  token: finishWithToken,
  device: finishWithDevice,
};

export function deviceHash(flow: FlowInProgress): Buffer {
  return Buffer.from(flow.pending.request.device?.hash ?? '', 'hex');
}
