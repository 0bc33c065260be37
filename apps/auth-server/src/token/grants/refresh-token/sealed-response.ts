/**
 * The answer to a refresh, kept for repeats within the grace period: AES-256-GCM under a key that only the used refresh token
 * yields. The database alone, which knows that token's hash, cannot open it.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { TokenResponse } from '../grant-type.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function sealResponse(refreshToken: string, response: TokenResponse): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(refreshToken), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(response), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** @throws Error when it was sealed under another token, or changed */
export function openResponse(refreshToken: string, sealed: Buffer): TokenResponse {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(refreshToken), sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString('utf8')) as TokenResponse;
}

/** HKDF-Expand alone: the token is 256 random bits, so that there is nothing to extract (RFC 5869 §3.3). */
function keyOf(refreshToken: string): Buffer {
  return createHmac('sha256', refreshToken).update('gatehouse:refresh-successor\x01').digest();
}
