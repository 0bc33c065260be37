import { randomFillSync } from 'node:crypto';

/** Made at a time. */
const BATCH = 64;
/** Batches that one reading of the system's random numbers is enough for: to begin one costs as much as a hundred ids. */
const BATCHES = 16;
const RANDOM_BYTES = 16;
const ID_LENGTH = 36;
const HEX = Buffer.from('0123456789abcdef');
const DASH = 45;

const LINE_START = 'X-Correlation-Id: ';
const LINE_END = '\r\n';
const LINE_LENGTH = LINE_START.length + ID_LENGTH + LINE_END.length;

const random = Buffer.alloc(BATCHES * BATCH * RANDOM_BYTES);
const characters = Buffer.alloc(BATCH * LINE_LENGTH, LINE_START + ' '.repeat(ID_LENGTH) + LINE_END, 'latin1');
let batch = '';
let next = BATCH;
let batchesLeft = 0;

/**
 * The line for upstreams with a new id, a random UUID (RFC 9562 §5.4) as `crypto.randomUUID` gives one: but as one piece of text, where
 * that is joined of twenty, which each message that it goes into has to put together.
 */
export function createCorrelationLine(): string {
  if (next === BATCH) {
    fillBatch();
    next = 0;
  }
  const start = next++ * LINE_LENGTH;
  return batch.slice(start, start + LINE_LENGTH);
}

/** @param id that a field may hold */
export function correlationLine(id: string): string {
  return LINE_START + id + LINE_END;
}

/** The id that a line tells. */
export function correlationIdIn(line: string): string {
  return line.slice(LINE_START.length, -LINE_END.length);
}

function fillBatch(): void {
  if (batchesLeft === 0) {
    randomFillSync(random);
    batchesLeft = BATCHES;
  }
  const from = --batchesLeft * BATCH * RANDOM_BYTES;
  for (let id = 0; id < BATCH; id++) writeId(from + id * RANDOM_BYTES, id * LINE_LENGTH + LINE_START.length);
  batch = characters.toString('latin1');
}

function writeId(from: number, to: number): void {
  let at = to;
  for (let i = 0; i < RANDOM_BYTES; i++) {
    let byte = random[from + i] as number;
    // Version 4, and the variant.
    if (i === 6) byte = (byte & 0x0f) | 0x40;
    else if (i === 8) byte = (byte & 0x3f) | 0x80;
    if (i === 4 || i === 6 || i === 8 || i === 10) characters[at++] = DASH;
    characters[at++] = HEX[byte >> 4] as number;
    characters[at++] = HEX[byte & 15] as number;
  }
}
