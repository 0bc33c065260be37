/** What the gateway does with each field of an answer, decided by its name alone; remembered for the names that come again and again. */

import { NameMemory } from '../http1/name-memory.js';
import { HOP_BY_HOP } from './hop-by-hop.js';

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

/** For one connection alone, and what would tell callers about the inside. */
export const DROPPED_FROM_RESPONSES: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'server', 'x-powered-by']);

const OWN = new Map([
  ['connection', ResponseField.Connection],
  ['keep-alive', ResponseField.KeepAlive],
  ['transfer-encoding', ResponseField.TransferEncoding],
  ['content-length', ResponseField.ContentLength],
  ['location', ResponseField.Location],
  ['content-location', ResponseField.Location],
  ['date', ResponseField.Date],
]);

const known = new NameMemory();

export function classifyResponseField(name: string): ResponseField {
  const remembered = known.findText(name);
  return remembered === -1 ? learn(name) : remembered;
}

/**
 * The same, of a name that stands in a message.
 * @param text the bytes as Latin-1
 * @param hash of the bytes from start to end
 */
export function classifyResponseBytes(bytes: Uint8Array, text: string, start: number, end: number, hash: number): ResponseField {
  const remembered = known.find(bytes, start, end, hash);
  return remembered === -1 ? learn(text.slice(start, end)) : remembered;
}

function learn(name: string): ResponseField {
  const lower = name.toLowerCase();
  const field = OWN.get(lower) ?? (DROPPED_FROM_RESPONSES.has(lower) ? ResponseField.Drop : ResponseField.Keep);
  known.remember(name, field);
  return field;
}
