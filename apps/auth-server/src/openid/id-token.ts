import { hash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Signer } from '#signing/signing-keys.js';

/** Seconds that an id_token lives. */
export const ID_TOKEN_LIFETIME = 3_600;

export interface IdTokenContent {
  readonly issuerUrl: string;
  readonly clientId: string;
  /** When the person logged in; null where that is not known. */
  readonly authenticatedAt: Date | null;
  /** As the client sent it; null where it sent none, and after a refresh. */
  readonly nonce: string | null;
  /** The access token that goes along. */
  readonly accessToken: string;
  /** `sub`, and what else the scopes ask for. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Makes an id_token (OpenID Connect Core §2, §3.1.3.6). */
export function issueIdToken(signer: Signer, content: IdTokenContent): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({
    ...content.claims,
    iss: content.issuerUrl,
    aud: content.clientId,
    iat: now,
    exp: now + ID_TOKEN_LIFETIME,
    ...(content.authenticatedAt === null ? {} : { auth_time: Math.floor(content.authenticatedAt.getTime() / 1_000) }),
    ...(content.nonce === null ? {} : { nonce: content.nonce }),
    at_hash: halfHash(content.accessToken),
  })
    .setProtectedHeader({ alg: signer.alg, typ: 'JWT', kid: signer.kid })
    .sign(signer.key);
}

/** Left half of the SHA-256, which the algorithms of ours have in them (OpenID Connect Core §3.1.3.6). */
export function halfHash(token: string): string {
  return hash('sha256', token, 'buffer').subarray(0, 16).toString('base64url');
}
