/** What the gateway does with each field of an answer, decided by its name alone; remembered for the names that come again and again. */

import { ownText } from '../http1/own-text.js';

export enum ResponseField {
  /** Goes to the client as it came. */
  Keep,
  Drop,
  Connection,
  KeepAlive,
  TransferEncoding,
  ContentLength,
  Location,
  /** Goes on, and is known to be there. */
  Date,
}

/** For one connection alone (RFC 9110 §7.6.1), and what would tell callers about the inside. */
export const DROPPED_FROM_RESPONSES: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'server',
  'x-powered-by',
]);

const OWN = new Map([
  ['connection', ResponseField.Connection],
  ['keep-alive', ResponseField.KeepAlive],
  ['transfer-encoding', ResponseField.TransferEncoding],
  ['content-length', ResponseField.ContentLength],
  ['location', ResponseField.Location],
  ['content-location', ResponseField.Location],
  ['date', ResponseField.Date],
]);

const REMEMBERED_NAMES = 1_000;
const known = new Map<string, ResponseField>();

export function classifyResponseField(name: string): ResponseField {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const lower = name.toLowerCase();
  const field = OWN.get(lower) ?? (DROPPED_FROM_RESPONSES.has(lower) ? ResponseField.Drop : ResponseField.Keep);
  if (known.size < REMEMBERED_NAMES) known.set(ownText(name), field);
  return field;
}
