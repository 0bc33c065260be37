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

function writeAll(): void {
  const writers = waiting;
  waiting = [];
  for (const writer of writers) writer.writeBatched();
}
