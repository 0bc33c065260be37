import type { ServerResponse } from 'node:http';
import type { RequestFieldNames } from '../headers/request-field.js';
import { firstField, type RequestFields, readRequestFields } from '../headers/request-fields.js';
import { withoutField } from '../headers/response-fields.js';
import type { Requester } from '../transport/caller.js';
import type { DecisionRequest } from './decision-request.js';
import type { DecisionStyle } from './decision-style.js';

/** Goes before the name of a field that the engine is to put into its own answer to the client. */
export const ANSWER_PREFIX = 'X-Gatehouse-Answer-';

/** Said of a body that is not sent, or of a connection that is the engine's. */
const NOT_CARRIED = new Set(['content-type', 'content-length', 'cache-control', 'connection', 'upgrade']);

/** A call that an engine has before it. */
export class DecisionCaller implements Requester {
  readonly httpVersion = '1.1';
  readonly method: string;
  readonly target: string;
  readonly plainPathEnd = -1;
  readonly fields: readonly string[];
  readonly secure: boolean;
  readonly peer: string;

  constructor(
    request: DecisionRequest,
    readonly style: DecisionStyle,
    private readonly response: ServerResponse,
  ) {
    this.method = request.method;
    this.target = request.target;
    this.fields = request.fields;
    this.secure = request.secure;
    this.peer = request.peer;
  }

  field(name: string): string | undefined {
    return firstField(this.fields, name);
  }

  readFields(names: RequestFieldNames): RequestFields {
    return readRequestFields(this.fields, names);
  }

  /** @param fields with a Cache-Control of their own */
  allow(fields: string[]): void {
    fields.push('Content-Length', '0');
    this.response.writeHead(200, fields);
    this.response.end();
  }

  /** The gateway answers the call in place of its upstream. */
  answer(status: number, fields: string[], body: string | null): void {
    answerInPlace(this.response, this.style, { status, fields, body });
  }
}

export interface AnswerInPlace {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string | null;
}

/**
 * To every engine a 2xx means that the call is allowed. So an answer that stands in place of the upstream's never is one: that of a
 * preflight comes as 403, with the status that the client is to see beside it.
 */
export function answerInPlace(response: ServerResponse, style: DecisionStyle, { status, fields, body }: AnswerInPlace): void {
  if (style === 'auth_request') {
    const carried = ['X-Gatehouse-Status', String(status), 'Cache-Control', 'no-store', 'Content-Length', '0'];
    if (body !== null) carried.push('X-Gatehouse-Problem', asciiJson(body));
    for (const [name, value] of joinCopies(fields)) if (!NOT_CARRIED.has(name.toLowerCase())) carried.push(ANSWER_PREFIX + name, value);
    response.writeHead(403, carried);
    response.end();
    return;
  }
  const own = withoutField(withoutField(fields, 'Connection'), 'Upgrade');
  if (body === null) own.push('Cache-Control', 'no-store');
  if (status >= 300) response.writeHead(status, own);
  else {
    if (status === 204) own.push('Content-Length', '0');
    own.push('X-Gatehouse-Status', String(status));
    response.writeHead(403, own);
  }
  response.end(body ?? undefined);
}

/** RFC 9110 §5.3: copies of a field are one, its values in order. nginx's variables show the first copy alone. */
export function joinCopies(fields: readonly string[]): Iterable<[string, string]> {
  const joined = new Map<string, [string, string]>();
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    const before = joined.get(name.toLowerCase());
    if (before) before[1] += `, ${value}`;
    else joined.set(name.toLowerCase(), [name, value]);
  }
  return joined.values();
}

/** What is beyond ASCII stands in a JSON document's strings alone, where it may be escaped. */
function asciiJson(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
