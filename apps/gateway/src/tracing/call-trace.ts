import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { CallRecord } from '../call/call-record.js';
import { type TraceParent, writeTraceparent } from './traceparent.js';

type OpenTelemetry = typeof import('@opentelemetry/api');

/** Methods that a span may be named by (OpenTelemetry, HTTP semantic conventions); any other is `_OTHER`. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** What a trace adds to the request to the upstream. */
export interface Propagation {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/**
 * The spans of one call: that of the server, and one for each attempt at an upstream. They say the route, never the path, and nothing
 * of credentials.
 */
export class CallTrace {
  readonly #api: OpenTelemetry;
  readonly #tracer: Tracer;
  readonly #server: Span;
  readonly #context: Context;
  #attempt: Span | null = null;

  constructor(api: OpenTelemetry, tracer: Tracer, method: string, parent: TraceParent | null, tracestate: string | undefined) {
    this.#api = api;
    this.#tracer = tracer;
    let context = api.ROOT_CONTEXT;
    if (parent !== null) {
      const { traceId, spanId, flags } = parent;
      const traceState = tracestate === undefined ? undefined : api.createTraceState(tracestate);
      context = api.trace.setSpanContext(context, {
        traceId,
        spanId,
        traceFlags: flags,
        isRemote: true,
        ...(traceState && { traceState }),
      });
    }
    this.#server = tracer.startSpan(
      named(method),
      { kind: api.SpanKind.SERVER, attributes: { 'http.request.method': named(method) } },
      context,
    );
    this.#context = api.trace.setSpan(context, this.#server);
  }

  /** Of W3C Trace Context: 32 hexadecimal digits; the client's where it sent one. */
  get traceId(): string {
    return this.#server.spanContext().traceId;
  }

  /** An attempt at an upstream begins; one that is under way has failed. @param origin of the upstream */
  beginAttempt(method: string, origin: string): Propagation {
    const { SpanKind, SpanStatusCode } = this.#api;
    this.#attempt?.setStatus({ code: SpanStatusCode.ERROR }).end();
    const { hostname, port, protocol } = new URL(origin);
    const attributes = {
      'http.request.method': named(method),
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
      'url.scheme': protocol.slice(0, -1),
    };
    const span = this.#tracer.startSpan(named(method), { kind: SpanKind.CLIENT, attributes }, this.#context);
    this.#attempt = span;
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    return { traceparent: writeTraceparent({ traceId, spanId, flags: traceFlags }), tracestate: traceState?.serialize() };
  }

  end(call: CallRecord): void {
    const { status, route, ownAnswer, cutBy, credential } = call;
    const failed = status >= 500 || cutBy === 'upstream';
    const { ERROR } = this.#api.SpanStatusCode;
    const attempt = this.#attempt;
    if (attempt !== null) {
      if (ownAnswer === '') attempt.setAttribute('http.response.status_code', status);
      // RFC 9110 §15.5: to whom asks, a 4xx is a failure as well (semantic conventions: for a client's span alone).
      if (failed || status >= 400) attempt.setStatus({ code: ERROR }).setAttribute('error.type', ownAnswer || cutBy || String(status));
      attempt.end();
    }
    const server = this.#server;
    if (route !== null) {
      server.updateName(`${named(call.method)} ${route.series.label}`);
      server.setAttributes({ 'http.route': route.series.label, 'gatehouse.api': route.api.id });
    }
    if (credential !== null) server.setAttribute('gatehouse.plan', credential.facts.planId);
    if (status !== 0) server.setAttribute('http.response.status_code', status);
    server.setAttribute('gatehouse.correlation_id', call.correlationId);
    if (ownAnswer !== '') server.setAttribute('gatehouse.reason', ownAnswer);
    if (failed) server.setStatus({ code: ERROR }).setAttribute('error.type', ownAnswer || cutBy || String(status));
    server.end();
  }
}

function named(method: string): string {
  return METHODS.has(method) ? method : '_OTHER';
}
