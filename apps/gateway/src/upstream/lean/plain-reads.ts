/**
 * Where plain connections read to. Heads, short answers and trickles go into one buffer that all connections share, and whoever keeps
 * some of them copies it. A connection on which much comes at once reads into a buffer of its own, so that a large body goes on as it
 * lies; that buffer is read into again once nobody needs what is in it. New memory for each read would cost as much as the read.
 */

/** Bytes that one read brings at most: into the buffer of all, and into one of a connection's own. */
const SHARED_BYTES = 131_072;
const OWN_BYTES = 262_144;
/** A read that brings less is copied: a buffer that waits for a slow client should not hold a few bytes. */
const LARGE_READ = OWN_BYTES / 4;
/** Own buffers that are kept for whoever wants one next. */
const MOST_SPARE = 16;
/** Own buffers of one connection that wait for its client; of more, the first may be needed no longer, which nobody can tell. */
const MOST_LENT = 4;

const shared: Buffer = Buffer.alloc(SHARED_BYTES);
const spare: Buffer[] = [];

/** Who hears of a body's parts. */
export interface PartsKeeper {
  /** Whether any part may still be needed. */
  readonly keepsParts: boolean;
}

/** Who takes what one connection reads. */
export interface BytesTaker {
  /** null: what comes next is not of a body. */
  readonly partsKeeper: PartsKeeper | null;
  /**
   * @param bytes begin with what was read
   * @param length of what was read
   * @param lasting whether the bytes stay as they are while the keeper of their parts may need them; others do until this returns
   * @returns whether to go on reading
   */
  take(bytes: Buffer, length: number, lasting: boolean): boolean;
}

/** The reads of one plain connection, as `onread` of `node:net` wants them. */
export class PlainReads {
  readonly #taker: BytesTaker;
  /** Where the next read goes. */
  #buffer = shared;
  #muchGoesOn = false;
  /** Whether there is more to it than reading into the buffer of all. */
  #special = false;
  /** Own buffers whose bytes were given on, and who may need them. */
  #lent: Buffer[] = [];
  #keeper: PartsKeeper | null = null;

  constructor(taker: BytesTaker) {
    this.#taker = taker;
  }

  readonly callback = (length: number): boolean => {
    const buffer = this.#buffer;
    const large = length >= LARGE_READ;
    if (!large && !this.#special) return this.#taker.take(buffer, length, false);
    this.#special = true;
    const keeper = large && buffer !== shared ? this.#taker.partsKeeper : null;
    if (keeper !== null) this.#lend(buffer, keeper);
    const more = this.#taker.take(buffer, length, keeper !== null);
    // Nothing is read while a client is waited for: no buffer need wait for that.
    this.#muchGoesOn = large && more;
    return more;
  };

  /** Asked for before the first read, and after each. */
  readonly buffer = (): Buffer => {
    if (!this.#special) return shared;
    const keeper = this.#taker.partsKeeper;
    if (this.#muchGoesOn && keeper !== null) {
      this.#takeBack();
      if (this.#buffer === shared) this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(OWN_BYTES);
      return this.#buffer;
    }
    if (this.#buffer !== shared) {
      spareBuffer(this.#buffer);
      this.#buffer = shared;
    }
    if (this.#keeper !== null && this.#keeper !== keeper) this.#end();
    this.#special = this.#keeper !== null;
    return shared;
  };

  #lend(buffer: Buffer, keeper: PartsKeeper): void {
    if (this.#keeper !== keeper) this.#end();
    this.#keeper = keeper;
    this.#takeBack();
    if (this.#lent.length === MOST_LENT) this.#lent.shift();
    this.#lent.push(buffer);
    this.#buffer = shared;
  }

  #takeBack(): void {
    if (this.#lent.length === 0 || this.#keeper?.keepsParts !== false) return;
    for (const buffer of this.#lent) spareBuffer(buffer);
    this.#lent = [];
  }

  /** The body is over; what is needed of it longer than its reads lasted is left to the garbage collector. */
  #end(): void {
    this.#takeBack();
    this.#lent = [];
    this.#keeper = null;
  }
}

function spareBuffer(buffer: Buffer): void {
  if (spare.length < MOST_SPARE) spare.push(buffer);
}
