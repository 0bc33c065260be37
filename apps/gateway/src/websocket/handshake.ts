/** The opening handshake of a WebSocket (RFC 6455 §4.2), decided before anything is asked of the upstream. */
import { createHash } from 'node:crypto';

/** RFC 6455 §1.3. */
const ACCEPT_SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** RFC 6455 §4.1: sixteen bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

export type HandshakeFault = 'method' | 'body' | 'version' | 'key' | 'origin';

export interface HandshakeFacts {
  readonly method: string;
  readonly hasBody: boolean;
  /** Values of the fields, one for each copy. */
  readonly versions: readonly string[];
  readonly keys: readonly string[];
  readonly origins: readonly string[];
  /** What the client called, such as `https://api.example`: pages from there may connect. */
  readonly ownOrigin: string;
  readonly allowedOrigins: ReadonlySet<string>;
}

/** @returns null: it may go on */
export function judgeHandshake(facts: HandshakeFacts): HandshakeFault | null {
  if (facts.method !== 'GET') return 'method';
  if (facts.hasBody) return 'body';
  if (facts.versions.length !== 1 || facts.versions[0] !== '13') return 'version';
  if (facts.keys.length !== 1 || !KEY.test(facts.keys[0] as string)) return 'key';
  return mayConnect(facts) ? null : 'origin';
}

/** RFC 6455 §10.2: a browser says where its page is from, and asks no preflight. Other clients send no Origin, or what they like. */
function mayConnect({ origins, ownOrigin, allowedOrigins }: HandshakeFacts): boolean {
  if (origins.length === 0) return true;
  if (origins.length > 1) return false;
  const origin = origins[0] as string;
  return allowedOrigins.has('*') || origin === ownOrigin || allowedOrigins.has(origin);
}

/** Whether an upstream's 101 is an answer to this key (RFC 6455 §4.1). @param fields flat names and values */
export function isAcceptedBy(fields: readonly string[], key: string): boolean {
  const expected = createHash('sha1')
    .update(key + ACCEPT_SALT)
    .digest('base64');
  const [accept, ...more] = valuesOf(fields, 'sec-websocket-accept');
  return (
    accept === expected &&
    more.length === 0 &&
    /^websocket$/i.test(valuesOf(fields, 'upgrade').join()) &&
    /(?:^|[,\s])upgrade(?:$|[,\s])/i.test(valuesOf(fields, 'connection').join())
  );
}

/** @param name lower-case */
export function valuesOf(fields: readonly string[], name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && (fields[i - 1] as string).toLowerCase() === name);
}
