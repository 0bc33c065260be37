/**
 * X-Forwarded-* and Forwarded (RFC 7239): what an untrusted peer says is replaced, what a trusted proxy says is added to.
 */
import { FieldLines } from '../http1/field-lines.js';
import { ownText } from '../http1/own-text.js';
import type { RequestFields } from './request-fields.js';

export interface Hop {
  /** Address of the connection's other end. */
  readonly peer: string;
  /** Whether that end is a trusted proxy. */
  readonly trusted: boolean;
  readonly secure: boolean;
  /** Host asked for, with its port where it has one. */
  readonly host: string;
}

/** What the client used, as far as it can be known. */
export interface PublicOrigin {
  readonly proto: string;
  readonly host: string;
}

export function publicOrigin(hop: Hop, fields: RequestFields): PublicOrigin {
  return {
    proto: (hop.trusted ? fields.forwardedProto : undefined) ?? (hop.secure ? 'https' : 'http'),
    host: (hop.trusted ? fields.forwardedHost : undefined) ?? hop.host,
  };
}

/**
 * Adds the fields for the upstream.
 * @param strippedPrefix path that was taken off; empty where none was
 */
export function addForwarded(lines: FieldLines, hop: Hop, fields: RequestFields, strippedPrefix: string): void {
  const { proto, host } = publicOrigin(hop, fields);
  const { trusted, peer } = hop;
  if (!trusted) {
    lines.addLines(clientLines(peer, proto, host, strippedPrefix));
    return;
  }
  lines.add('X-Forwarded-For', fields.forwardedFor !== undefined ? `${fields.forwardedFor}, ${peer}` : peer);
  lines.add('X-Forwarded-Proto', proto);
  lines.add('X-Forwarded-Host', host);
  lines.add('X-Forwarded-Port', fields.forwardedPort ?? portOf(host, proto));
  const outerPrefix = fields.forwardedPrefix ?? '';
  if (strippedPrefix !== '' || outerPrefix !== '') lines.add('X-Forwarded-Prefix', outerPrefix.replace(/\/$/, '') + strippedPrefix);
  if (fields.forwarded !== undefined) lines.add('Forwarded', `${fields.forwarded}, ${describeHop(hop)}`);
}

interface WrittenLines {
  readonly proto: string;
  readonly host: string;
  readonly prefix: string;
  readonly lines: string;
}

/** What was written for clients, by address: the next call of one mostly wants the same. */
const written = new Map<string, WrittenLines>();
const MOST_WRITTEN = 2_000;
/** One in so many is remembered: who comes again and again is soon among them, and where each call is another's they cost little. */
const REMEMBERED_EVERY = 8;
let writings = 0;

/** The lines for a client that is no trusted proxy. @throws TypeError for a host that no field may hold */
function clientLines(peer: string, proto: string, host: string, prefix: string): string {
  const known = written.get(peer);
  if (known !== undefined && known.host === host && known.proto === proto && known.prefix === prefix) return known.lines;
  const lines = writeClientLines(peer, proto, host, prefix);
  if (++writings % REMEMBERED_EVERY !== 0) return lines;
  if (written.size >= MOST_WRITTEN) written.clear();
  const own = ownText(lines);
  written.set(peer, { proto, host: ownText(host), prefix: ownText(prefix), lines: own });
  return own;
}

function writeClientLines(peer: string, proto: string, host: string, prefix: string): string {
  const lines = new FieldLines();
  // Address, scheme, port and prefix are our own words, or the config's.
  lines.addOwn('X-Forwarded-For', peer);
  lines.addOwn('X-Forwarded-Proto', proto);
  lines.add('X-Forwarded-Host', host);
  lines.addOwn('X-Forwarded-Port', portOf(host, proto));
  if (prefix !== '') lines.addOwn('X-Forwarded-Prefix', prefix);
  return lines.text;
}

function portOf(host: string, proto: string): string {
  const colon = host.lastIndexOf(':');
  // A colon inside brackets belongs to an IPv6 address.
  if (colon !== -1 && host.indexOf(']', colon) === -1) return host.slice(colon + 1);
  return proto === 'https' ? '443' : '80';
}

/** RFC 7239 §4, §6: an IPv6 address stands in brackets and quotes. */
function describeHop({ peer, host, secure }: Hop): string {
  const node = peer.includes(':') ? `"[${peer}]"` : peer;
  return `for=${node};host="${host.replace(/["\\]/g, '')}";proto=${secure ? 'https' : 'http'}`;
}
