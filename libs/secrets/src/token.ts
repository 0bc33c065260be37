/**
 * High-entropy secrets: 256 random bits behind a prefix that says what they are (so that secret scanners find them), with a
 * checksum (so that junk is refused without asking the database). Only their SHA-256 is stored.
 */
import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const TOKEN_PREFIXES = {
  accessToken: 'gh_at_',
  refreshToken: 'gh_rt_',
  authorizationCode: 'gh_ac_',
  deviceCode: 'gh_dc_',
  clientSecret: 'gh_cs_',
  apiKey: 'gh_ak_',
} as const;

export type TokenKind = keyof typeof TOKEN_PREFIXES;

const RANDOM_CHARS = 43;
const CHECKSUM_CHARS = 6;

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64url');
}

/** Makes a new secret: prefix, 43 characters of randomness, 6 characters of CRC-32. */
export function newToken(kind: TokenKind): string {
  const body = TOKEN_PREFIXES[kind] + randomBytes(32).toString('base64url');
  return body + checksum(body);
}

/** Whether a string could have come from `newToken(kind)`; says nothing about whether it is live. */
export function isWellFormedToken(kind: TokenKind, token: string): boolean {
  const prefix = TOKEN_PREFIXES[kind];
  if (token.length !== prefix.length + RANDOM_CHARS + CHECKSUM_CHARS || !token.startsWith(prefix)) return false;
  const body = token.slice(0, -CHECKSUM_CHARS);
  return checksum(body) === token.slice(-CHECKSUM_CHARS);
}

/** SHA-256 of a high-entropy secret, as stored. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** 256 random bits for ids that a browser holds (sessions, flows). */
export function newBrowserId(): string {
  return randomBytes(32).toString('base64url');
}
