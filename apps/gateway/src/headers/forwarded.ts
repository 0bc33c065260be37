/**
 * X-Forwarded-* and Forwarded (RFC 7239): what an untrusted peer says is replaced, what a trusted proxy says is added to.
 */
import type { FieldLines } from '../http1/field-lines.js';
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
    // Address, scheme, port and prefix are our own words, or the config's.
    lines.addOwn('X-Forwarded-For', peer);
    lines.addOwn('X-Forwarded-Proto', proto);
    lines.add('X-Forwarded-Host', host);
    lines.addOwn('X-Forwarded-Port', portOf(host, proto));
    if (strippedPrefix !== '') lines.addOwn('X-Forwarded-Prefix', strippedPrefix);
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
