/**
 * What an engine asks: which call it has before it. The call's head comes as the request's own fields, its first line and its
 * connection in X-Forwarded-*, which the engine must set itself, each once: a field that could be the caller's own is refused.
 */
import { METHODS } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress } from '#http/client-address.js';

export interface DecisionRequest {
  readonly ok: true;
  readonly method: string;
  readonly target: string;
  /** Flat names and values of the call, its Host among them. */
  readonly fields: readonly string[];
  readonly secure: boolean;
  /** Who connected to the engine. */
  readonly peer: string;
}

export type DecisionReading = DecisionRequest | { readonly ok: false; readonly detail: string };

/** What the engine says in place of the call's first line and connection. X-Forwarded-For is a list: copies of it are joined. */
const SAID = {
  'x-forwarded-method': 'X-Forwarded-Method',
  'x-forwarded-uri': 'X-Forwarded-Uri',
  'x-forwarded-host': 'X-Forwarded-Host',
  'x-forwarded-proto': 'X-Forwarded-Proto',
} as const;
type Said = keyof typeof SAID;

/** Of the engine's own exchange with us, not of the call. */
const EXCHANGE = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'expect',
  'upgrade',
  'http2-settings',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'forwarded',
]);

const SERVED_METHODS = new Set(METHODS.filter((method) => method !== 'CONNECT'));

/** @param line method and target of the call, where the engine sends them as its request's own; null: in X-Forwarded-* */
export function readDecisionRequest(raw: readonly string[], line: { method: string; target: string } | null): DecisionReading {
  const said: Partial<Record<Said, string>> = {};
  const fields: string[] = [];
  let host: string | undefined;
  let hops: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const lower = name.toLowerCase();
    if (Object.hasOwn(SAID, lower)) {
      if (said[lower as Said] !== undefined) return refuseField(SAID[lower as Said], 'came twice');
      said[lower as Said] = value;
    } else if (lower === 'x-forwarded-for') hops = hops === undefined ? value : `${hops}, ${value}`;
    else if (lower === 'host') host = value;
    else if (!EXCHANGE.has(lower)) fields.push(name, value);
  }
  const method = line === null ? said['x-forwarded-method'] : line.method;
  const target = line === null ? said['x-forwarded-uri'] : line.target;
  const callHost = line === null ? said['x-forwarded-host'] : host;
  const proto = said['x-forwarded-proto'];
  if (method === undefined) return refuseField('X-Forwarded-Method', 'is missing');
  if (target === undefined) return refuseField('X-Forwarded-Uri', 'is missing');
  if (callHost === undefined || callHost === '') return refuseField(line === null ? 'X-Forwarded-Host' : 'Host', 'is missing');
  if (!SERVED_METHODS.has(method)) return refuseField('X-Forwarded-Method', 'is not a method of HTTP');
  // The authority of an absolute-form target would win over the host.
  if (!target.startsWith('/')) return refuseField('X-Forwarded-Uri', 'is not a path with its query');
  if (proto !== 'http' && proto !== 'https') return refuseField('X-Forwarded-Proto', proto ? 'is not http or https' : 'is missing');
  if (hops === undefined) return refuseField('X-Forwarded-For', 'is missing');
  const comma = hops.lastIndexOf(',');
  const peer = plainAddress(hops.slice(comma + 1).trim());
  if (isIP(peer) === 0) return refuseField('X-Forwarded-For', 'does not end with the address of who connected to the engine');
  fields.push('Host', callHost);
  if (comma !== -1) fields.push('X-Forwarded-For', hops.slice(0, comma));
  return { ok: true, method, target, fields, secure: proto === 'https', peer };
}

function refuseField(name: string, fault: string): DecisionReading {
  return {
    ok: false,
    detail: `The field ${name} ${fault}. The engine in front must set it from the call that it has before it, in place of any copy of the caller's: see docs/engines.md.`,
  };
}
