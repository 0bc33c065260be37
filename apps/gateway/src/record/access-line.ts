import type { AccessLogField } from '#config/access-log-field.js';
import type { CallRecord } from '../call/call-record.js';
import { jsonText } from './json-text.js';
import { maskCredentials, maskQuery } from './masked-text.js';

/** Writes a call as one line of JSON, line break included. @param endedAt on the clock of `performance.now()` */
export type WriteAccessLine = (call: CallRecord, endedAt: number) => string;

type WriteField = (call: CallRecord, endedAt: number) => string;

/** How each field is written, as JSON. What a field has nothing to say about is null. */
const WRITERS: Readonly<Record<AccessLogField, WriteField>> = {
  time: () => timeText(Date.now()),
  correlationId: (call) => jsonText(maskCredentials(call.correlationId)),
  traceId: (call) => textOrNull(call.trace?.traceId),
  client: (call) => jsonText(call.clientAddress),
  method: (call) => jsonText(call.method),
  host: (call) => jsonText(maskCredentials(call.host)),
  path: (call) => jsonText(maskCredentials(call.path)),
  query: (call) => jsonText(maskQuery(call.query)),
  userAgent: (call) => textOrNull(call.requestHeader('user-agent'), maskCredentials),
  status: (call) => String(call.status),
  reason: (call) => (call.ownAnswer === '' ? 'null' : jsonText(call.ownAnswer)),
  cutBy: (call) => (call.cutBy === '' ? 'null' : jsonText(call.cutBy)),
  api: (call) => textOrNull(call.route?.api.id),
  route: (call) => textOrNull(call.route?.series.label),
  plan: (call) => textOrNull(call.credential?.facts.planId),
  application: (call) => textOrNull(call.credential?.facts.applicationId),
  subscription: (call) => textOrNull(call.credential?.facts.subscriptionId),
  user: (call) => textOrNull(call.credential?.facts.user?.id),
  duration: (call, endedAt) => milliseconds(endedAt - call.startedAt),
  ownTime: (call, endedAt) => milliseconds((call.upstreamAt || endedAt) - call.startedAt),
  upstreamTime: (call) => (call.upstreamAt === 0 || call.answeredAt === 0 ? 'null' : milliseconds(call.answeredAt - call.upstreamAt)),
  bytesIn: (call) => String(call.bytesIn),
  bytesOut: (call) => String(call.bytesOut),
};

/** Say who calls what: the same for all calls of a credential at a route. */
const LASTING: ReadonlySet<AccessLogField> = new Set(['api', 'route', 'plan', 'application', 'subscription', 'user']);

/** @param fields in the order of the line */
export function compileAccessLine(fields: readonly AccessLogField[]): WriteAccessLine {
  const pieces: WriteField[] = [];
  let lasting: WriteField[] = [];
  for (const [index, field] of fields.entries()) {
    const name = `${index === 0 ? '{' : ','}"${field}":`;
    const write = WRITERS[field];
    const piece: WriteField = (call, endedAt) => name + write(call, endedAt);
    if (!LASTING.has(field)) {
      pieces.push(...joinLasting(lasting), piece);
      lasting = [];
    } else lasting.push(piece);
  }
  pieces.push(...joinLasting(lasting));
  return (call, endedAt) => {
    let line = '';
    for (let i = 0; i < pieces.length; i++) line += (pieces[i] as WriteField)(call, endedAt);
    return `${line}}\n`;
  };
}

/** Neighbours of the lasting kind as one piece, which is written once and kept as long as the credential. */
function joinLasting(fields: readonly WriteField[]): WriteField[] {
  if (fields.length === 0) return [];
  // By the series, which outlasts configs: a credential that rests must not keep an old one in memory.
  const kept = new WeakMap<object, { readonly series: object; readonly text: string }>();
  return [
    (call, endedAt) => {
      const { credential, route } = call;
      if (credential === null || route === null) return fields.map((write) => write(call, endedAt)).join('');
      const known = kept.get(credential);
      if (known?.series === route.series) return known.text;
      const text = fields.map((write) => write(call, endedAt)).join('');
      kept.set(credential, { series: route.series, text });
      return text;
    },
  ];
}

function textOrNull(text: string | undefined, change?: (text: string) => string): string {
  if (text === undefined) return 'null';
  return jsonText(change === undefined ? text : change(text));
}

/** By the microseconds behind the point, without zeros that say nothing. Writing a fraction anew costs as much as three other fields. */
const FRACTIONS = Array.from({ length: 1_000 }, (_, micros) => String(micros / 1_000).slice(1));

/** Whole microseconds, as milliseconds. */
function milliseconds(duration: number): string {
  const micros = Math.round(duration * 1_000);
  const whole = Math.floor(micros / 1_000);
  return `${whole}${FRACTIONS[micros - whole * 1_000]}`;
}

let lastTime = 0;
let lastTimeText = '';

/** RFC 3339. Many calls end in one millisecond: it is written once. */
function timeText(now: number): string {
  if (now !== lastTime) {
    lastTime = now;
    lastTimeText = `"${new Date(now).toISOString()}"`;
  }
  return lastTimeText;
}
