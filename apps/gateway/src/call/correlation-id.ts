import { randomFillSync } from 'node:crypto';

/** Made at a time. */
const BATCH = 64;
const RANDOM_BYTES = 16;
const LENGTH = 36;
const HEX = Buffer.from('0123456789abcdef');
const DASH = 45;

const random = Buffer.alloc(BATCH * RANDOM_BYTES);
const characters = Buffer.alloc(BATCH * LENGTH);
let batch = '';
let next = BATCH;

/**
 * A random UUID (RFC 9562 §5.4), as `crypto.randomUUID` gives one: but as one piece of text, where that is joined of twenty, which each
 * message that it goes into has to put together.
 */
export function createCorrelationId(): string {
  if (next === BATCH) {
    fillBatch();
    next = 0;
  }
  const start = next++ * LENGTH;
  return batch.slice(start, start + LENGTH);
}

function fillBatch(): void {
  randomFillSync(random);
  for (let id = 0; id < BATCH; id++) writeId(id * RANDOM_BYTES, id * LENGTH);
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
