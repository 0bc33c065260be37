/** Where batches go. */
export interface BatchDestination {
  write(bytes: Buffer): Promise<void>;
  close(): void;
}

/** Is told of what went wrong, off the path of calls. */
export interface BatchListener {
  /** A batch is lost. */
  onDropped(lines: number, why: string): void;
  onCloseFailed(error: Error): void;
}

const BATCH_BYTES = 65_536;
/** Longest time that a line waits in its batch, in milliseconds. */
const BATCH_MS = 20;
/** Bytes that may wait for a destination that is slower than we are. */
const MOST_WAITING = 16 * BATCH_BYTES;

interface Batch {
  readonly bytes: Buffer;
  readonly lines: number;
}

/**
 * Lines that are written in batches, one at a time, off the path of calls. What a destination does not take in time is dropped and
 * counted: a call never waits for its record.
 */
export class LineBatches {
  readonly #destination: BatchDestination;
  readonly #listener: BatchListener;
  /** Lines are written into it as they come: as text they would be thousands of pieces until the batch is full. */
  #buffer: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #length = 0;
  #lines = 0;
  #timer: NodeJS.Timeout | null = null;
  #waiting: Batch[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | null = null;

  constructor(destination: BatchDestination, listener: BatchListener) {
    this.#destination = destination;
    this.#listener = listener;
  }

  /** @param line in ASCII, with its line break */
  add(line: string): void {
    const { length } = line;
    if (this.#length + length > this.#buffer.length) {
      this.#flush();
      if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(length);
    }
    this.#length += this.#buffer.write(line, this.#length, 'latin1');
    this.#lines++;
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  /**
   * Writes what there is, for at most so many milliseconds, and closes the destination, at the latest once the write that it hangs in is over.
   * @param why the rest is lost
   */
  async close(withinMs: number, why: string): Promise<void> {
    this.#flush();
    const closed = (this.#writing ?? Promise.resolve()).then(() => this.#closeDestination());
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      deadline = setTimeout(done, withinMs);
    });
    await Promise.race([closed, late]);
    clearTimeout(deadline);
    for (const { lines } of this.#waiting.splice(0)) this.#listener.onDropped(lines, why);
  }

  #closeDestination(): void {
    try {
      this.#destination.close();
    } catch (error) {
      this.#listener.onCloseFailed(error as Error);
    }
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lines === 0) return;
    // A copy in memory of its own: what waits for a slow destination takes no more than is counted, however few its lines.
    const bytes = Buffer.allocUnsafeSlow(this.#length);
    this.#buffer.copy(bytes, 0, 0, this.#length);
    const batch: Batch = { bytes, lines: this.#lines };
    this.#length = 0;
    this.#lines = 0;
    if (this.#waitingBytes >= MOST_WAITING) {
      this.#listener.onDropped(batch.lines, 'it is not taken fast enough');
      return;
    }
    this.#waiting.push(batch);
    this.#waitingBytes += batch.bytes.length;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift()) {
      try {
        await this.#destination.write(batch.bytes);
      } catch (error) {
        this.#listener.onDropped(batch.lines, (error as Error).message);
      }
      this.#waitingBytes -= batch.bytes.length;
    }
  }
}
