import type { Socket } from 'node:net';
import { FrameTracker } from './frame-tracker.js';

/** One direction of a WebSocket: every byte from one socket to the other, no faster than that one takes them. */
export class RelayDirection {
  /** Whether anything came since it was last asked. */
  #heard = true;
  readonly #frames = new FrameTracker();
  readonly #from: Socket;
  readonly #to: Socket;
  /** A close frame of our own was put in: nothing may follow it. */
  #closed = false;

  /** @param unread what has come already */
  constructor(from: Socket, to: Socket, unread: Buffer) {
    this.#from = from;
    this.#to = to;
    if (unread.length > 0) this.#pass(unread);
    from.on('data', (bytes: Buffer) => this.#pass(bytes));
    from.on('end', () => to.end());
    to.on('drain', () => from.resume());
    // A connection that was handed over may have been paused; where the first bytes were too many it stays so.
    if (!to.writableNeedDrain) from.resume();
  }

  /** @returns whether the sender lives, as far as can be told: one that we hold back ourselves is not at fault */
  takeHeard(): boolean {
    const heard = this.#heard || this.#from.isPaused();
    this.#heard = false;
    return heard;
  }

  /** Puts a frame in between two others. @returns false: there is no place for one */
  inject(frame: Buffer): boolean {
    if (this.#closed || !this.#frames.atBoundary || this.#frames.closeSeen || !this.#to.writable) return false;
    this.#to.write(frame);
    return true;
  }

  /** Puts a close frame in, and drops what its sender sends from now on. @returns false: there is no place for one */
  close(frame: Buffer): boolean {
    const placed = this.inject(frame);
    this.#closed = true;
    return placed;
  }

  #pass(bytes: Buffer): void {
    this.#heard = true;
    if (this.#closed) return;
    this.#frames.read(bytes);
    if (this.#to.writable && !this.#to.write(bytes)) this.#from.pause();
  }
}
