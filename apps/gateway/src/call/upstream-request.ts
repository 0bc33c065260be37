import { pushForwarded } from '../headers/forwarded.js';
import { withoutField } from '../headers/response-fields.js';
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
  const upstream = fields.kept.slice();
  if (fields.contentLength !== undefined) upstream.push('Content-Length', fields.contentLength);
  pushForwarded(upstream, call, fields, stripped);
  if (call.trace !== null || fields.traceparent !== undefined) pushTrace(upstream, call, target.origin);
  return {
    method: call.method,
    target: upstreamTarget(call.path, stripped, target.basePath) + call.query,
    fields: addCallFields(upstream, call, route.api),
    host: route.preserveHost && call.host !== '' ? call.host : null,
    hasBody: fields.hasBody,
  };
}

/**
 * Adds the credential where it may pass, who calls, and what plugins set. All of it is added after the client's own was taken out, so
 * that neither a copy nor `Connection: x-consumer-id` can replace it (BEHAVIOURS 69, 70).
 * @param upstream fields of the client's that may pass
 */
export function addCallFields(upstream: string[], call: GatewayCall, api: CallApi): string[] {
  const { fields, credential, upstreamFields } = call;
  if (fields.authorization !== undefined && !(api.hideCredentials && (api.acceptsToken || isOwnToken(call, fields.authorization)))) {
    upstream.push('Authorization', fields.authorization);
  }
  if (fields.apiKey !== undefined && !api.hideCredentials) upstream.push(call.table.apiKeyHeader, fields.apiKey);
  if (credential !== null) for (const text of credential.identityFields) upstream.push(text);
  upstream.push('X-Correlation-Id', call.correlationId);
  if (upstreamFields === null) return upstream;
  let edited = upstream;
  for (let i = 0; i < upstreamFields.length; i += 2) {
    edited = withoutField(edited, upstreamFields[i] as string);
    edited.push(upstreamFields[i] as string, upstreamFields[i + 1] as string);
  }
  return edited;
}

/** Where the gateway traces, the upstream's parent is the gateway's span; else what the client sent passes, if it is well-formed. */
function pushTrace(upstream: string[], { trace, fields, method }: GatewayCall, origin: string): void {
  if (trace === null && readTraceparent(fields.traceparent) === null) return;
  const { traceparent, tracestate } = trace === null ? fields : trace.beginAttempt(method, origin);
  upstream.push('traceparent', traceparent as string);
  if (tracestate !== undefined && tracestate !== '') upstream.push('tracestate', tracestate);
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
