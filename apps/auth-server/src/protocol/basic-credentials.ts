import { decodeFormText } from './form-parameters.js';

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

export interface BasicCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Reads HTTP Basic credentials of a client: both halves are form-urlencoded inside (RFC 6749 §2.3.1).
 * @returns null where the field is no well-formed Basic credential
 */
export function parseBasicCredentials(authorization: string): BasicCredentials | null {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined || encoded.length % 4 === 1) return null;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return null;
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return null;
  const clientId = decodeFormText(text.slice(0, colon));
  const clientSecret = decodeFormText(text.slice(colon + 1));
  if (!clientId || clientSecret === null || clientId.includes('\0') || clientSecret.includes('\0')) return null;
  return { clientId, clientSecret };
}
