import type { RequestFieldNames } from '../../headers/request-field.js';
import type { RequestFields } from '../../headers/request-fields.js';
import { AnswerFields } from '../../http1/answer-fields.js';
import { isFieldValue } from '../../http1/field-lines.js';
import type { Caller, CallerListener, Requester, WebSocketOffer } from '../caller.js';
import { type FramedAnswer, frameAnswer } from './answer-head.js';

/** Largest body that is joined to its head. */
const JOINED_BYTES = 8_192;
const NO_TRAILERS = '0\r\n\r\n';

/** What a call needs of the connection that brought it. */
export interface CallerConnection {
  readonly peer: string;
  readonly secure: boolean;
  readonly open: boolean;
  /** Whether the connection will be closed after the answer. */
  readonly lastAnswer: boolean;
  /** @returns whether more is taken now */
  writeText(latin1: string): boolean;
  /** Writes a whole answer, at the latest when this turn ends. */
  writeWhole(latin1: string): void;
  writeBytes(part: Buffer): boolean;
  /** Whether the system has not yet taken all that was written. */
  readonly hasUnsent: boolean;
  cork(): void;
  uncork(): void;
  startBody(): void;
  pauseBody(): void;
  resumeBody(): void;
  /** The answer is written. */
  answered(close: boolean): void;
  cut(): void;
}

/** A request as the call path needs it. */
export interface CarriedRequest extends Pick<Requester, 'method' | 'target' | 'plainPathEnd' | 'fields' | 'readFields' | 'field'> {
  /** Whether the client wants the connection closed. */
  readonly close: boolean;
}

/** A call that the fast path carried. */
export class FastCaller implements Caller {
  readonly method: string;
  readonly target: string;
  readonly plainPathEnd: number;
  readonly httpVersion = '1.1';
  readonly peer: string;
  readonly secure: boolean;
  listener: CallerListener | null = null;
  readonly #request: CarriedRequest;
  #fields: readonly string[] | null = null;
  readonly #connection: CallerConnection;
  readonly #close: boolean;
  #framed: FramedAnswer | null = null;
  /** Bytes of the answer's body to come, where its length is known. */
  #left = 0;
  /** Head, and first part, until it is known whether that is all: then they are one write. */
  #heldHead: string | null = null;
  #heldPart: Buffer | null = null;
  #finished = false;
  #seconds = 0;
  #lasting = false;

  constructor(request: CarriedRequest, connection: CallerConnection) {
    this.method = request.method;
    this.target = request.target;
    this.plainPathEnd = request.plainPathEnd;
    this.peer = connection.peer;
    this.secure = connection.secure;
    this.#request = request;
    this.#close = request.close;
    this.#connection = connection;
  }

  get fields(): readonly string[] {
    this.#fields ??= this.#request.fields;
    return this.#fields;
  }

  readFields(names: RequestFieldNames): RequestFields {
    return this.#request.readFields(names);
  }

  field(name: string): string | undefined {
    return this.#request.field(name);
  }

  get webSocket(): WebSocketOffer | null {
    return null;
  }

  get finished(): boolean {
    return this.#finished;
  }

  get headSent(): boolean {
    return this.#framed !== null;
  }

  /** Called each second while the call lasts. */
  tick(): void {
    // A credential that is slow to be looked up may take longer: then there is nobody yet to be told.
    if (++this.#seconds < 2 || this.#lasting || this.#finished || this.listener === null) return;
    this.#lasting = true;
    this.listener.onLasting();
  }

  listen(listener: CallerListener): void {
    this.listener = listener;
    if (!this.#connection.open) listener.onGone();
  }

  startBody(): void {
    if (!this.#finished) this.#connection.startBody();
  }

  pauseBody(): void {
    if (!this.#finished) this.#connection.pauseBody();
  }

  resumeBody(): void {
    if (!this.#finished) this.#connection.resumeBody();
  }

  sendInformation(status: number, fields: readonly string[]): void {
    if (this.#framed !== null || this.#finished || status !== 103) return;
    let links = '';
    for (let i = 0; i < fields.length; i += 2) {
      if ((fields[i] as string).toLowerCase() === 'link') links += `Link: ${fields[i + 1]}\r\n`;
    }
    if (links !== '' && isFieldValue(links.replaceAll('\r\n', ''))) {
      this.#connection.writeText(`HTTP/1.1 103 Early Hints\r\n${links}\r\n`);
    }
  }

  sendHead(status: number, reason: string, fields: AnswerFields): void {
    if (this.#finished) return;
    const close = this.#close || this.#connection.lastAnswer;
    this.#framed = frameAnswer(this.method, status, reason, fields, close);
    this.#left = this.#framed.length;
    this.#heldHead = this.#framed.head;
    // What has come by the end of this turn goes out together; an event stream's head goes even where no event has come yet.
    process.nextTick(FastCaller.#flush, this);
  }

  sendWhole(status: number, reason: string, fields: AnswerFields, body: string): void {
    if (this.#finished) return;
    const framed = frameAnswer(this.method, status, reason, fields, this.#close || this.#connection.lastAnswer);
    this.#framed = framed;
    this.#finished = true;
    this.#connection.writeWhole(framed.head + (framed.hasBody ? writeBody(framed, body) : ''));
    this.#connection.answered(framed.close);
  }

  sendPart(part: Buffer): boolean {
    if (this.#finished || this.#framed === null || !this.#framed.hasBody || part.length === 0) return true;
    if (!this.#framed.chunked) {
      this.#left -= part.length;
      if (this.#left < 0) {
        this.#breakOff();
        return true;
      }
    }
    if (this.#heldHead !== null && this.#heldPart === null) {
      this.#heldPart = part;
      return true;
    }
    this.#writeHeld();
    return this.#writePart(part);
  }

  get keepsParts(): boolean {
    return this.#heldPart !== null || this.#connection.hasUnsent;
  }

  finish(trailers: readonly [string, string][]): void {
    const framed = this.#framed;
    if (this.#finished || framed === null) return;
    if (this.#left > 0) {
      // BEHAVIOURS 80: shorter than announced is not complete.
      this.#breakOff();
      return;
    }
    this.#finished = true;
    const connection = this.#connection;
    const end = framed.chunked ? writeTrailers(trailers) : '';
    const part = this.#heldPart;
    if (this.#heldHead !== null && (part === null || part.length <= JOINED_BYTES)) {
      const body = part === null ? '' : part.toString('latin1');
      const joined = framed.chunked && part !== null ? writeChunk(body) + end : body + end;
      connection.writeWhole(this.#heldHead + joined);
    } else {
      this.#writeHeld();
      if (end !== '') connection.writeText(end);
    }
    this.#heldHead = null;
    this.#heldPart = null;
    connection.answered(framed.close);
  }

  answer(status: number, fields: string[], body: string | null): void {
    if (this.#finished) return;
    if (this.#framed !== null) {
      this.cut();
      return;
    }
    const own = AnswerFields.ofFields(fields);
    const framed = frameAnswer(this.method, status, '', own, this.#close || this.#connection.lastAnswer);
    this.#finished = true;
    this.#framed = framed;
    const text = framed.hasBody ? writeBody(framed, body === null ? '' : Buffer.from(body).toString('latin1')) : '';
    this.#connection.writeText(framed.head + text);
    this.#connection.answered(framed.close);
  }

  cut(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#connection.cut();
  }

  /** The connection is no longer the call's. */
  protected release(): void {
    this.#finished = true;
  }

  /** The answer cannot be completed, and nobody else knows. */
  #breakOff(): void {
    this.cut();
    this.listener?.onGone();
  }

  static #flush(caller: FastCaller): void {
    if (caller.#finished || caller.#heldHead === null) return;
    caller.#writeHeld();
  }

  #writeHeld(): void {
    const head = this.#heldHead;
    const part = this.#heldPart;
    if (head === null) return;
    this.#heldHead = null;
    this.#heldPart = null;
    if (part === null) {
      this.#connection.writeText(head);
      return;
    }
    this.#connection.cork();
    this.#connection.writeText(head);
    this.#writePart(part);
    this.#connection.uncork();
  }

  #writePart(part: Buffer): boolean {
    const connection = this.#connection;
    if (this.#framed?.chunked !== true) return connection.writeBytes(part);
    connection.cork();
    connection.writeText(`${part.length.toString(16)}\r\n`);
    connection.writeBytes(part);
    const more = connection.writeText('\r\n');
    connection.uncork();
    return more;
  }
}

/** A whole body, as the head says how it ends. */
function writeBody({ chunked }: FramedAnswer, body: string): string {
  return chunked ? writeChunk(body) + NO_TRAILERS : body;
}

function writeChunk(text: string): string {
  return text === '' ? '' : `${text.length.toString(16)}\r\n${text}\r\n`;
}

function writeTrailers(trailers: readonly [string, string][]): string {
  if (trailers.length === 0) return NO_TRAILERS;
  const lines = trailers.filter(([, value]) => isFieldValue(value)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `0\r\n${lines.join('')}\r\n`;
}
