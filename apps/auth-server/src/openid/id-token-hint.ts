import { compactVerify, errors } from 'jose';
import type { VerificationKeys } from '#signing/verification-keys.js';

/** What an id_token of ours says of an earlier login. */
export interface IdTokenHint {
  readonly issuerUrl: string;
  readonly userId: string;
  readonly clientId: string;
}

/**
 * Reads an `id_token_hint`: signed by a key of ours, as an id_token and nothing else. One that has expired will do: it says who was
 * logged in, not who is (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).
 * @returns null where it is no id_token of ours
 * @throws where the keys cannot be read
 */
export async function readIdTokenHint(keys: VerificationKeys, text: string): Promise<IdTokenHint | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      text,
      async ({ kid, alg }) => {
        const key = kid === undefined ? null : await keys.find(kid, alg);
        if (key === null) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      { algorithms: ['RS256'] },
    );
    // An access token is signed by keys of ours too, and says so.
    if (protectedHeader.typ !== undefined && protectedHeader.typ !== 'JWT') return null;
    const claims: { iss?: unknown; sub?: unknown; aud?: unknown } = JSON.parse(new TextDecoder().decode(payload));
    const { iss, sub, aud } = claims;
    if (typeof iss !== 'string' || typeof sub !== 'string' || typeof aud !== 'string') return null;
    return { issuerUrl: iss, userId: sub, clientId: aud };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return null;
    throw error;
  }
}
