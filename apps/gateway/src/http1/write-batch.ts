/**
 * Writes that go out together at the end of a turn of the event loop. Each write to a peer that sleeps wakes it, which costs more
 * than the write; of a batch, the first wakes it and the others find it at work. Nobody waits longer than the turn lasts.
 */

export interface BatchedWriter {
  writeBatched(): void;
}

let waiting: BatchedWriter[] = [];

/** Has `writeBatched` called when this turn's events are handled. */
export function writeWithBatch(writer: BatchedWriter): void {
  if (waiting.push(writer) === 1) setImmediate(writeAll);
}

/** Writes at once what waits for the end of the turn: for who is about to close a connection, or to write to it past its writer. */
export function writeBatchNow(): void {
  if (waiting.length > 0) writeAll();
}

function writeAll(): void {
  const writers = waiting;
  waiting = [];
  for (const writer of writers) writer.writeBatched();
}
