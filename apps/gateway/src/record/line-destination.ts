import { closeSync, fstat, fstatSync, openSync, type Stats, stat, write } from 'node:fs';

/** How often it is looked whether a log file was moved away, in milliseconds. */
const LOOK_MS = 5_000;
const RETRY_MS = 20;
/** PIPE_BUF of Linux: so much goes into a pipe whole, or not at all (POSIX, write()); and into a socket. */
const MOST_AT_ONCE = 4_096;
const LINE_BREAK = 10;

/**
 * Where lines go: a file, which is opened anew once it was moved away (as log rotation does), or standard output. A pipe has other
 * writers, which are the other workers: what it took a part of would be torn by what they write before the rest.
 */
export class LineDestination {
  readonly #file: string | null;
  #fd: number;
  #shared: boolean;
  #lookAt = 0;

  readonly #now: () => number;

  /** @param file absolute path; null: standard output. @param now milliseconds. @throws where it cannot be opened for writing */
  constructor(file: string | null, now: () => number = Date.now) {
    this.#now = now;
    this.#file = file;
    this.#fd = file === null ? 1 : openFile(file);
    this.#shared = isShared(this.#fd);
  }

  /** Writes all of it. @param bytes whole lines. @throws (rejects) where that fails; a part may have been written */
  async write(bytes: Buffer): Promise<void> {
    if (this.#file !== null && this.#now() >= this.#lookAt) await this.#openIfMoved(this.#file);
    let done = 0;
    while (done < bytes.length) done += await writePart(this.#fd, bytes, done, this.#shared ? endOfPiece(bytes, done) : bytes.length);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#fd);
  }

  async #openIfMoved(file: string): Promise<void> {
    this.#lookAt = this.#now() + LOOK_MS;
    const [named, open] = await Promise.all([inodeOf(stat, file), inodeOf(fstat, this.#fd)]);
    if (named !== null && named === open) return;
    const before = this.#fd;
    this.#fd = openFile(file);
    this.#shared = isShared(this.#fd);
    closeSync(before);
  }
}

function openFile(file: string): number {
  return openSync(file, 'a', 0o640);
}

function isShared(fd: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFIFO() || stats.isSocket();
}

/** Where the whole lines end that go out together; one that is too long for that goes by itself, as it is. */
function endOfPiece(bytes: Buffer, from: number): number {
  if (bytes.length - from <= MOST_AT_ONCE) return bytes.length;
  const last = bytes.lastIndexOf(LINE_BREAK, from + MOST_AT_ONCE - 1);
  return (last >= from ? last : bytes.indexOf(LINE_BREAK, from)) + 1;
}

type ReadStats<Of> = (file: Of, done: (error: Error | null, stats: Stats) => void) => void;

/** Names a file beyond its path; null: there is none. */
function inodeOf<Of>(readStats: ReadStats<Of>, file: Of): Promise<string | null> {
  return new Promise((done) => readStats(file, (error, stats) => done(error ? null : `${stats.dev}:${stats.ino}`)));
}

/** @returns bytes that were taken; a pipe that is full takes none for a while */
function writePart(fd: number, bytes: Buffer, from: number, end: number): Promise<number> {
  return new Promise((done, failed) => {
    write(fd, bytes, from, end - from, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(done, RETRY_MS, 0);
      else if (error) failed(error);
      else done(written);
    });
  });
}
