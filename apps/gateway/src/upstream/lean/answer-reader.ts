import type { UpstreamListener } from '../upstream-client.js';
import { ChunkedBody } from './chunked-body.js';
import { beginsAsHttp, CHUNKED, MalformedAnswerError, type ResponseHead, readResponseHead, UNTIL_CLOSE } from './response-head.js';

const MOST_HEAD_BYTES = 65_536;
/** Interim answers to one request; an upstream that sends more is not going to answer. */
const MOST_INTERIM_ANSWERS = 32;
/** Bytes that are turned into text at once; and so the longest answer that may be whole. */
const SHORT_READ = 8_192;
const LF = 10;
const CR = 13;
const END_OF_HEAD = '\r\n\r\n';
const NO_TRAILERS: string[] = [];

/** Who hears what an answer holds. */
export type AnswerSink = Pick<UpstreamListener, 'onInformation' | 'onHead' | 'onBodyPart'>;

/** Reads the answer to one request after the other from the bytes of a connection. */
export class AnswerReader {
  /** Whether any byte of the answer has come. */
  touched = false;
  /** Flat names and values, once the answer is complete. */
  trailers: string[] = NO_TRAILERS;
  /** Body, as Latin-1, of an answer that came in one piece: nobody has been told of it. null: who listens heard of head and body. */
  whole: string | null = null;
  /** The fields of a 101, where one was asked for: what follows it is no HTTP. */
  switched: string[] | null = null;
  #method = '';
  #maySwitch = false;
  #head: ResponseHead | null = null;
  #partialHead: Buffer | null = null;
  #left = 0;
  #chunked: ChunkedBody | null = null;
  #interimAnswers = 0;

  /** The final head; null: it has not come. */
  get head(): ResponseHead | null {
    return this.#head;
  }

  /** Whether the final head has come. */
  get began(): boolean {
    return this.#head !== null;
  }

  get keepAlive(): boolean {
    return this.#head?.keepAlive === true;
  }

  get keepAliveHint(): number {
    return this.#head?.keepAliveHint ?? 0;
  }

  /** Whether the answer says that the request, body and all, is not wanted. */
  get isRefusal(): boolean {
    return this.#head !== null && (this.#head.status >= 400 || !this.#head.keepAlive);
  }

  get endsWithConnection(): boolean {
    return this.#head?.length === UNTIL_CLOSE;
  }

  /** @param maySwitch the request asks for another protocol */
  begin(method: string, maySwitch: boolean): void {
    this.whole = null;
    this.switched = null;
    this.#maySwitch = maySwitch;
    this.touched = false;
    this.trailers = NO_TRAILERS;
    this.#method = method;
    this.#head = null;
    this.#partialHead = null;
    this.#left = 0;
    this.#chunked = null;
    this.#interimAnswers = 0;
  }

  /**
   * @param bytes begin with what has come
   * @param length of what has come: a short answer is read where it lies, and no view of it need be made
   * @param lasting whether the bytes stay as they are for as long as the sink may need a part; of others it is told by a copy
   * @returns where the answer ended in these bytes; -1: it goes on
   * @throws MalformedAnswerError
   */
  read(bytes: Buffer, length: number, sink: AnswerSink, lasting: boolean): number {
    this.touched = true;
    if (this.#head !== null) return this.#readBody(part(bytes, 0, length, lasting), 0, sink);
    const partial = this.#partialHead;
    const before = partial === null ? 0 : partial.length;
    const held = partial === null ? bytes : Buffer.concat([partial, bytes.subarray(0, length)]);
    const end = this.#readHead(held, before + length, before, sink);
    if (this.switched !== null || this.whole !== null) return fromEnd(end, before);
    if (end === -1) return -1;
    const rest = this.#readBody(part(held, end, before + length, lasting || held !== bytes), 0, sink);
    return rest === -1 ? -1 : end + rest - before;
  }

  /** @returns behind the final head; -1: it has not come whole */
  #readHead(held: Buffer, length: number, searched: number, sink: AnswerSink): number {
    let bytes = held;
    let left = length;
    let passed = 0;
    let from = Math.max(0, searched - 3);
    for (;;) {
      const short = left <= SHORT_READ;
      if (!short) bytes = bytes.subarray(0, left);
      let text = short ? bytes.toString('latin1', 0, left) : '';
      const empty = short ? text.indexOf(END_OF_HEAD, from) : bytes.indexOf(END_OF_HEAD, from, 'latin1');
      if (empty === -1) {
        this.#keepPartialHead(bytes.subarray(0, left));
        return -1;
      }
      const end = empty + END_OF_HEAD.length;
      if (end > MOST_HEAD_BYTES) throw new MalformedAnswerError('The head of the answer is larger than 64 KB.');
      if (!short) text = bytes.toString('latin1', 0, end);
      const head = readResponseHead(bytes, end, text, this.#method);
      passed += end;
      if (head.status >= 200) {
        this.#head = head;
        this.#partialHead = null;
        if (head.length >= 0 && end + head.length <= text.length) {
          this.whole = text.slice(end, end + head.length);
          return passed + head.length;
        }
        this.#beginBody(head, sink);
        return passed;
      }
      if (head.status === 101 && this.#maySwitch) {
        this.switched = head.fields;
        return passed;
      }
      // RFC 9110 §15.2.2: only a client that asked for another protocol may be told to switch to it.
      if (head.status === 101 || ++this.#interimAnswers > MOST_INTERIM_ANSWERS)
        throw new MalformedAnswerError('An unasked interim answer came.');
      sink.onInformation(head.status, head.fields);
      bytes = bytes.subarray(end);
      left -= end;
      from = 0;
    }
  }

  #beginBody(head: ResponseHead, sink: AnswerSink): void {
    this.#left = head.length;
    if (head.length === CHUNKED) this.#chunked = new ChunkedBody();
    sink.onHead(head);
  }

  /** What can be told to be wrong of a part of a head is refused now: its end may never come. */
  #keepPartialHead(bytes: Buffer): void {
    if (bytes.length > MOST_HEAD_BYTES) throw new MalformedAnswerError('The head of the answer is larger than 64 KB.');
    if (!beginsAsHttp(bytes)) throw new MalformedAnswerError('The answer does not begin as HTTP/1.1 or HTTP/1.0.');
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
      if (bytes[at - 1] !== CR) throw new MalformedAnswerError('A line of the head ends without CR.');
    }
    this.#partialHead = Buffer.from(bytes);
  }

  #readBody(bytes: Buffer, from: number, sink: AnswerSink): number {
    if (this.#chunked !== null) {
      const end = this.#chunked.decode(bytes, from, (part) => sink.onBodyPart(part));
      if (!this.#chunked.done) return -1;
      this.trailers = this.#chunked.trailers;
      return end;
    }
    const end = this.#left === UNTIL_CLOSE ? bytes.length : Math.min(bytes.length, from + this.#left);
    if (end > from) sink.onBodyPart(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end));
    if (this.#left === UNTIL_CLOSE) return -1;
    this.#left -= end - from;
    return this.#left === 0 ? end : -1;
  }
}

/** A part of a body. @param lasting whether the bytes may be told of as they lie */
function part(bytes: Buffer, start: number, end: number, lasting: boolean): Buffer {
  const view = bytes.subarray(start, end);
  return lasting ? view : Buffer.from(view);
}

function fromEnd(end: number, before: number): number {
  return end === -1 ? -1 : end - before;
}
