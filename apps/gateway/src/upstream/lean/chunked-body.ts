import { readFieldSection } from '../../http1/field-section.js';
import { MalformedAnswerError } from './response-head.js';

const LF = 10;
const CR = 13;
const SEMICOLON = 59;
/** 2^44: more than any body, and far from where numbers lose precision. */
const MOST_SIZE_DIGITS = 11;
/** Bytes of chunk extensions in one body; they carry nothing that anyone uses, and are dropped (RFC 9112 §7.1.1). */
const MOST_EXTENSION_BYTES = 16_384;
const MOST_TRAILER_BYTES = 32_768;

enum State {
  Size,
  Extension,
  SizeLineFeed,
  Content,
  ContentReturn,
  ContentLineFeed,
  Trailers,
  Done,
}

/** Decodes one chunked body (RFC 9112 §7.1), strictly: no bare LF, no space, no size without digits. */
export class ChunkedBody {
  /** Flat names and values, once it is done. */
  trailers: string[] = [];
  #state = State.Size;
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerBytes: Buffer = Buffer.alloc(0);

  get done(): boolean {
    return this.#state === State.Done;
  }

  /**
   * @param bytes of which nothing is kept but in parts
   * @param onPart hears of each stretch of content
   * @returns where it stopped: the end of the bytes, or what is behind the body
   * @throws MalformedAnswerError
   */
  decode(bytes: Buffer, from: number, onPart: (part: Buffer) => void): number {
    let at = from;
    while (at < bytes.length && this.#state !== State.Done) {
      const byte = bytes[at] as number;
      switch (this.#state) {
        case State.Size:
          at += this.#readSizeByte(byte);
          break;
        case State.Extension:
          if (byte === CR) this.#state = State.SizeLineFeed;
          else if (byte === LF || ++this.#extensionBytes > MOST_EXTENSION_BYTES)
            throw new MalformedAnswerError('A chunk extension is malformed.');
          at++;
          break;
        case State.SizeLineFeed:
          if (byte !== LF) throw new MalformedAnswerError('A chunk size is malformed.');
          this.#state = this.#size === 0 ? State.Trailers : State.Content;
          this.#digits = 0;
          at++;
          break;
        case State.Content: {
          const end = Math.min(bytes.length, at + this.#size);
          this.#size -= end - at;
          onPart(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
          if (this.#size === 0) this.#state = State.ContentReturn;
          at = end;
          break;
        }
        case State.ContentReturn:
          if (byte !== CR) throw new MalformedAnswerError('A chunk is longer than its size.');
          this.#state = State.ContentLineFeed;
          at++;
          break;
        case State.ContentLineFeed:
          if (byte !== LF) throw new MalformedAnswerError('A chunk is longer than its size.');
          this.#state = State.Size;
          at++;
          break;
        case State.Trailers:
          at = this.#readTrailers(bytes, at);
          break;
      }
    }
    return at;
  }

  /** @returns how many bytes it took */
  #readSizeByte(byte: number): number {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > MOST_SIZE_DIGITS) throw new MalformedAnswerError('A chunk size is too large.');
      return 1;
    }
    if (this.#digits === 0 || (byte !== CR && byte !== SEMICOLON)) throw new MalformedAnswerError('A chunk size is malformed.');
    this.#state = byte === CR ? State.SizeLineFeed : State.Extension;
    return 1;
  }

  /** @returns behind the trailer section, or the end of the bytes where more of it must come */
  #readTrailers(bytes: Buffer, from: number): number {
    const before = this.#trailerBytes.length;
    const held = before === 0 ? bytes.subarray(from) : Buffer.concat([this.#trailerBytes, bytes.subarray(from)]);
    let end: number;
    if (held[0] === CR && held[1] === LF) end = 2;
    else {
      const empty = held.indexOf('\r\n\r\n', Math.max(0, before - 3), 'latin1');
      if (empty === -1) {
        if (held.length > MOST_TRAILER_BYTES) throw new MalformedAnswerError('The trailers are too large.');
        if (held.length > 1 && held[0] === CR) throw new MalformedAnswerError('A trailer is malformed.');
        this.#trailerBytes = before === 0 ? Buffer.from(held) : held;
        return bytes.length;
      }
      end = empty + 4;
    }
    const trailers = readFieldSection(held, held.toString('latin1', 0, end), 0, end - 2);
    if (trailers === null) throw new MalformedAnswerError('A trailer is malformed.');
    this.trailers = trailers;
    this.#state = State.Done;
    return from + end - before;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
