import type { AccessLogField } from '#config/access-log-field.js';
import type { CallRecord } from '../call/call-record.js';
import { ownText } from '../http1/own-text.js';
import { jsonText } from './json-text.js';
import { maskedJson, maskQuery } from './masked-text.js';

/** Writes a call as one line of JSON in ASCII, line break included. @param endedAt on the clock of `performance.now()` */
export type WriteAccessLine = (call: CallRecord, endedAt: number) => string;

type WriteField = (call: CallRecord, endedAt: number) => string;

const USUAL_METHODS = new Map(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, `"${method}"`]));

/** How each field is written, as JSON. What a field has nothing to say about is null. */
const WRITERS: Readonly<Record<AccessLogField, WriteField>> = {
  time: () => timeText(Date.now()),
  correlationId: (call) => (call.correlationIdGiven ? maskedJson(call.correlationId) : `"${call.correlationId}"`),
  traceId: (call) => textOrNull(call.trace?.traceId),
  // Read as an address, or as the other end of a connection.
  client: (call) => `"${call.clientAddress}"`,
  method: (call) => USUAL_METHODS.get(call.method) ?? jsonText(call.method),
  host: (call) => maskedJson(call.host),
  path: (call) => maskedJson(call.path),
  query: (call) => (call.query === '' ? '""' : jsonText(maskQuery(call.query))),
  userAgent: (call) => {
    const agent = call.requestHeader('user-agent');
    return agent === undefined ? 'null' : maskedJson(agent);
  },
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

interface Piece {
  /** With what stands before and behind it. */
  readonly name: string;
  readonly write: WriteField;
}

/** Say who calls what: the same for all calls of a consumer at a route. */
const LASTING: ReadonlySet<AccessLogField> = new Set(['api', 'route', 'plan', 'application', 'subscription', 'user']);

/** @param fields in the order of the line */
export function compileAccessLine(fields: readonly AccessLogField[]): WriteAccessLine {
  const pieces: Piece[] = [];
  let lasting: WriteField[] = [];
  for (const [index, field] of fields.entries()) {
    const name = `${index === 0 ? '{' : ','}"${field}":`;
    const write = WRITERS[field];
    if (!LASTING.has(field)) {
      pieces.push(...joinLasting(lasting), { name, write });
      lasting = [];
    } else lasting.push((call, endedAt) => name + write(call, endedAt));
  }
  pieces.push(...joinLasting(lasting));
  return (call, endedAt) => {
    let line = '';
    for (let i = 0; i < pieces.length; i++) {
      const { name, write } = pieces[i] as Piece;
      line += name;
      line += write(call, endedAt);
    }
    return `${line}}\n`;
  };
}

/** Neighbours of the lasting kind as one piece, which is written once and kept as long as the credentials of its consumer. */
function joinLasting(fields: readonly WriteField[]): Piece[] {
  if (fields.length === 0) return [];
  // By the series, which outlasts configs: a credential that rests must not keep an old one in memory.
  const kept = new WeakMap<object, WeakMap<object, string>>();
  const write: WriteField = (call, endedAt) => {
    const { credential, route } = call;
    if (credential === null || route === null) return fields.map((one) => one(call, endedAt)).join('');
    let texts = kept.get(route.series);
    if (texts === undefined) {
      texts = new WeakMap();
      kept.set(route.series, texts);
    }
    const known = texts.get(credential.consumer);
    if (known !== undefined) return known;
    const text = ownText(fields.map((one) => one(call, endedAt)).join(''));
    texts.set(credential.consumer, text);
    return text;
  };
  return [{ name: '', write }];
}

function textOrNull(text: string | undefined): string {
  return text === undefined ? 'null' : jsonText(text);
}

/** By the microseconds behind the point, without zeros that say nothing. Writing a fraction anew costs as much as three other fields. */
const FRACTIONS = Array.from({ length: 1_000 }, (_, micros) => String(micros / 1_000).slice(1));

/** Whole milliseconds, as most calls take them. */
const MILLISECONDS = Array.from({ length: 1_000 }, (_, whole) => String(whole));

/** Whole microseconds, as milliseconds. */
function milliseconds(duration: number): string {
  const micros = Math.round(duration * 1_000);
  const whole = Math.floor(micros / 1_000);
  return (MILLISECONDS[whole] ?? String(whole)) + FRACTIONS[micros - whole * 1_000];
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
