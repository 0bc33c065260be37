import { expect, test } from '@jest/globals';
import { type BytesTaker, PlainReads } from './plain-reads.js';

const LARGE = 100_000;
const SMALL = 1_000;

/** A connection whose reads a test makes, and the client of its answer. */
class FakeConnection implements BytesTaker {
  readonly reads = new PlainReads(this);
  inBody = true;
  /** Whether the client is slow: what it is told of is needed until `takeAll`. */
  slow = false;
  keepsParts = false;
  goesOn = true;
  /** What it was told of as lasting, and what that was then. */
  told: { readonly part: Buffer; readonly was: number }[] = [];
  copied = 0;
  next = this.reads.buffer();

  get partsKeeper(): this | null {
    return this.inBody ? this : null;
  }

  take(bytes: Buffer, length: number, lasting: boolean): boolean {
    if (lasting) this.told.push({ part: bytes.subarray(0, length), was: bytes[0] as number });
    else this.copied++;
    if (lasting && this.slow) this.keepsParts = true;
    return this.goesOn;
  }

  /** As node:net does it: bytes come into the buffer that was named last, and then it asks for the next one. */
  read(length: number, byte: number): void {
    this.next.fill(byte, 0, length);
    this.reads.callback(Math.min(length, this.next.length));
    this.next = this.reads.buffer();
  }

  /** The client has taken all. */
  takeAll(): void {
    this.keepsParts = false;
    this.told = [];
  }

  get unchanged(): boolean {
    return this.told.every(({ part, was }) => part.equals(Buffer.alloc(part.length, was)));
  }
}

test('a large body is read into one buffer again and again, as long as each part has gone out', () => {
  const connection = new FakeConnection();
  connection.read(LARGE, 1);
  const own = connection.next;
  for (let byte = 2; byte < 9; byte++) connection.read(LARGE, byte);
  expect(connection.next.buffer).toBe(own.buffer);
  expect([connection.copied, connection.told.length]).toEqual([1, 7]);
});

test('a part that a slow client has not taken is not read over, and its buffer serves again once it has', () => {
  const connection = new FakeConnection();
  connection.read(LARGE, 1);
  connection.slow = true;
  connection.read(LARGE, 2);
  connection.read(LARGE, 3);
  expect(new Set([...connection.told.map(({ part }) => part.buffer), connection.next.buffer]).size).toBe(3);
  expect(connection.unchanged).toBe(true);
  const first = connection.told[0]?.part.buffer;
  connection.takeAll();
  for (let byte = 4; byte < 8; byte++) connection.read(LARGE, byte);
  expect(connection.told.some(({ part }) => part.buffer === first)).toBe(true);
  expect(connection.unchanged).toBe(true);
});

test('while nothing is read on, and for what is short or no body, there is no buffer of its own', () => {
  const connection = new FakeConnection();
  const shared = connection.next;
  connection.read(SMALL, 1);
  expect(connection.next).toBe(shared);
  connection.read(LARGE, 2);
  expect(connection.next).not.toBe(shared);
  connection.read(SMALL, 3);
  expect([connection.next, connection.copied]).toEqual([shared, 3]);
  connection.read(LARGE, 4);
  connection.goesOn = false;
  connection.slow = true;
  connection.read(LARGE, 5);
  expect(connection.next).toBe(shared);
  connection.goesOn = true;
  connection.inBody = false;
  connection.read(LARGE, 6);
  expect([connection.next, connection.unchanged]).toEqual([shared, true]);
});

test('whatever connections read, and however slow clients are, no part changes while it is needed', () => {
  let seed = 1;
  const upTo = (most: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % most;
  };
  const connections = Array.from({ length: 8 }, () => new FakeConnection());
  let lasting = 0;
  for (let step = 0; step < 3_000; step++) {
    const connection = connections[upTo(connections.length)] as FakeConnection;
    if (upTo(3) === 0) {
      expect(connection.unchanged).toBe(true);
      lasting += connection.told.length;
      connection.takeAll();
      connection.slow = upTo(3) > 0;
    }
    connection.goesOn = upTo(5) > 0;
    connection.inBody = upTo(20) > 0;
    connection.read(upTo(4) === 0 ? SMALL : LARGE, 1 + upTo(255));
    if (!connection.keepsParts) connection.takeAll();
  }
  expect(connections.every((connection) => connection.unchanged)).toBe(true);
  expect(lasting).toBeGreaterThan(500);
});
