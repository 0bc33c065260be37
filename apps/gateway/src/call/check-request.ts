import type { GatewayCall } from './gateway-call.js';
import { REFUSALS, type Refusal } from './refusal.js';

const LONGEST_TARGET = 8_192;
const MOST_FIELDS = 200;
/** RFC 3986 §3.2.2, with a port. */
const HOST = /^[A-Za-z0-9._~!$&'()*+,;=%:[\]-]*$/;

/** Refuses what no API is asked about. @returns null: go on */
export function checkRequest(call: GatewayCall): Refusal | null {
  const { caller, fields } = call;
  // node:http lets these through, and reads them by the rules of HTTP/1.1.
  if (caller.httpVersion !== '1.1' && caller.httpVersion !== '1.0') return REFUSALS.version;
  if (fields.chunked && caller.httpVersion === '1.0') return REFUSALS.codingOfHttp10;
  if (caller.target.length > LONGEST_TARGET) return REFUSALS.uriTooLong;
  if (fields.count > MOST_FIELDS) return REFUSALS.tooManyFields;
  // RFC 9112 §3.2: 400 "to any HTTP/1.1 request message that lacks a Host header field and to any request message that contains
  // more than one Host header field line or a Host header field with an invalid field value".
  if (fields.hostCount > 1 || (fields.hostCount === 0 && caller.httpVersion !== '1.0')) return REFUSALS.hosts;
  if (fields.host !== undefined && !fields.hostChecked && !HOST.test(fields.host)) return REFUSALS.invalidHost;
  // Would show the caller what we add for the upstream alone (RFC 9110 §9.3.8).
  if (call.method === 'TRACE') return REFUSALS.trace;
  if (call.method === 'OPTIONS' && caller.target === '*') return REFUSALS.serverOptions;
  return null;
}
