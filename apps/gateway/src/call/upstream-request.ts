import { addForwarded } from '../headers/forwarded.js';
import { isListed } from '../headers/hop-by-hop.js';
import { EditedLines } from '../http1/edited-lines.js';
import { FieldLines } from '../http1/field-lines.js';
import { fieldName } from '../http1/field-name.js';
import type { CallApi } from '../route/call-table.js';
import { readTraceparent } from '../tracing/traceparent.js';
import type { UpstreamRequest } from '../upstream/upstream-client.js';
import type { UpstreamTarget } from '../upstream/upstream-target.js';
import type { GatewayCall } from './gateway-call.js';

/** Begins a credential that Gatehouse issued. */
const OWN_TOKEN = /^bearer +gh_at_/i;
const JWT = /^bearer +(eyJ\S+) *$/i;

/** The request as the upstream sees it: what the client sent and may pass, then who calls. */
export function composeUpstreamRequest(call: GatewayCall, target: UpstreamTarget): UpstreamRequest {
  const { fields, route } = call;
  if (route === null) throw new Error('A call without a route has no upstream.');
  const stripped = route.stripPath ? call.prefix : '';
  const length = fields.contentLength;
  return {
    method: call.method,
    target: upstreamTarget(call.path, stripped, target.basePath) + call.query,
    lines: composeLines(call, route.api, stripped, target.origin),
    host: route.preserveHost && call.host !== '' ? call.host : null,
    bodyLength: length === undefined ? (fields.chunked ? -1 : 0) : Number(length),
  };
}

function composeLines(call: GatewayCall, api: CallApi, stripped: string, origin: string): string {
  const lines = new FieldLines();
  addFields(lines, call, api, stripped, origin);
  return call.upstreamFields === null ? lines.text : setUpstreamFields(lines.text, call.upstreamFields);
}

function addFields(lines: FieldLines, call: GatewayCall, api: CallApi, stripped: string, origin: string): void {
  const { fields } = call;
  lines.addBlock(fields.kept);
  if (fields.contentLength !== undefined) lines.add('Content-Length', fields.contentLength);
  addForwarded(lines, call, fields, stripped);
  if (call.trace !== null || fields.traceparent !== undefined) addTrace(lines, call, origin);
  addCallFields(lines, call, api);
}

/**
 * Adds the credential where it may pass, and who calls. All of it is added after the client's own was taken out, so that neither a
 * copy nor `Connection: x-consumer-id` can replace it (BEHAVIOURS 69, 70).
 */
export function addCallFields(lines: FieldLines, call: GatewayCall, api: CallApi): void {
  const { fields, credential } = call;
  if (fields.authorization !== undefined && !(api.hideCredentials && (api.acceptsToken || isOwnToken(call, fields.authorization)))) {
    if (!isListed('authorization', fields.connection)) lines.add('Authorization', fields.authorization);
  }
  if (fields.apiKey !== undefined && !api.hideCredentials) {
    const { apiKeyHeader } = call.table;
    if (!isListed(apiKeyHeader, fields.connection)) lines.add(apiKeyHeader, fields.apiKey);
  }
  if (credential !== null) lines.addBlock(credential.identity);
  lines.addLines(call.correlationLine);
}

/**
 * Puts in what plugins set, in place of what stands there under the same name.
 * @param lines as Latin-1, each with its CRLF
 * @param set flat names and values
 * @throws TypeError for what no field may hold
 */
export function setUpstreamFields(lines: string, set: readonly string[]): string {
  const edited = new EditedLines(lines);
  for (let i = 0; i < set.length; i += 2) edited.set(fieldName(set[i] as string), set[i + 1] as string);
  return edited.text;
}

/** Where the gateway traces, the upstream's parent is the gateway's span; else what the client sent passes, if it is well-formed. */
function addTrace(lines: FieldLines, { trace, fields, method }: GatewayCall, origin: string): void {
  if (trace === null && readTraceparent(fields.traceparent) === null) return;
  const { traceparent, tracestate } = trace === null ? fields : trace.beginAttempt(method, origin);
  lines.add('traceparent', traceparent as string);
  if (tracestate !== undefined && tracestate !== '') lines.add('tracestate', tracestate);
}

/** A token of ours means nothing to an upstream, whichever API it was sent to. */
function isOwnToken(call: GatewayCall, authorization: string): boolean {
  if (OWN_TOKEN.test(authorization)) return true;
  const jwt = JWT.exec(authorization)?.[1];
  return jwt !== undefined && call.table.isOwnJwt(jwt);
}

/** @param stripped prefix that the upstream does not see */
export function upstreamTarget(path: string, stripped: string, basePath: string): string {
  const rest = stripped === '' ? path : path.slice(stripped.length);
  // `/orders/v1` itself becomes `/`, or the base path alone where there is one.
  return rest === '' ? basePath || '/' : basePath + rest;
}
