/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 §5.2) without holding or changing a byte: says where one frame is
 * over and the next has not begun, which is where a frame of our own may be put in between.
 */

const OPCODE = 0x0f;
const CLOSE = 0x8;
const MASKED = 0x80;
const LENGTH = 0x7f;

export class FrameTracker {
  /** Whether a close frame has passed: its sender sends nothing behind it (RFC 6455 §5.5.1). */
  closeSeen = false;
  /** What has come of a frame header that is not complete. */
  readonly #header = new Uint8Array(14);
  #have = 0;
  /** Bytes of the payload to come. */
  #payloadLeft = 0;

  /** Whether all frames that began are complete. */
  get atBoundary(): boolean {
    return this.#have === 0 && this.#payloadLeft === 0;
  }

  read(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, bytes.length - at);
        this.#payloadLeft -= taken;
        at += taken;
        continue;
      }
      this.#header[this.#have++] = bytes[at++] as number;
      if (this.#have >= 2 && this.#have === this.#headerSize()) this.#beginPayload();
    }
  }

  #headerSize(): number {
    const second = this.#header[1] as number;
    const length = second & LENGTH;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((second & MASKED) === 0 ? 0 : 4);
  }

  #beginPayload(): void {
    const header = new DataView(this.#header.buffer);
    const length = (this.#header[1] as number) & LENGTH;
    if (length === 126) this.#payloadLeft = header.getUint16(2);
    // Beyond 2^53 it is inexact, and never sent to its end.
    else if (length === 127) this.#payloadLeft = Number(header.getBigUint64(2));
    else this.#payloadLeft = length;
    if (((this.#header[0] as number) & OPCODE) === CLOSE) this.closeSeen = true;
    this.#have = 0;
  }
}
