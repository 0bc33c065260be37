/** The token check that the Node peers share: SHA-256, look-up, scope. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const known = { scopes: new Set(['read']), application: 'load', subscription: '1', client: 'load', plan: 'unlimited' };
const tokens = new Map(
  readFileSync(process.env.TOKENS_FILE, 'utf8')
    .split('\n')
    .map((token) => [hash('sha256', token, 'base64'), known]),
);

/** @returns the status of a refusal, or what is known of the token */
export function checkToken(authorization) {
  const token = authorization?.startsWith('Bearer ') && tokens.get(hash('sha256', authorization.slice(7), 'base64'));
  if (!token) return 401;
  return token.scopes.has('read') ? token : 403;
}
