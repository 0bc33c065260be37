import { createServer, type Socket } from 'node:net';
import { afterEach, expect, jest, test } from '@jest/globals';
import { MemoryCounterStore } from './memory-counter-store.js';
import { RedisCounterStore } from './redis-counter-store.js';

/** Seconds of a window. */
const DAY = 86_400;

/** As much of Redis as a store of counters talks to; what it is told to keep silent about is never answered. */
class TestRedis {
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<Socket>();
  /** Whether a command is not answered. */
  silent: (command: string) => boolean = () => false;
  /** Counts that came over each connection and were not answered. */
  readonly unanswered: number[] = [];
  counted = 0;

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `redis://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    const place = this.unanswered.push(0) - 1;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (part) => {
      for (const [, name = ''] of String(part).matchAll(/^\*\d+\r\n\$\d+\r\n(\w+)\r\n/gm)) {
        const command = name.toLowerCase();
        const counts = command.startsWith('eval');
        if (!this.silent(command)) socket.write(counts ? `:${++this.counted}\r\n` : '+OK\r\n');
        else if (counts) this.unanswered[place] = (this.unanswered[place] as number) + 1;
      }
    });
  }
}

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function begin() {
  const redis = new TestRedis();
  const logger = { debug: jest.fn(), info: jest.fn(), warn: jest.fn() };
  const store = new RedisCounterStore(await redis.listen(), 'test', new MemoryCounterStore(), logger);
  cleanUps.push(() => {
    store.close();
    redis.close();
  });
  await store.open();
  return { redis, store, logger };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 10));
}

test('BEHAVIOURS 92: a Redis that hangs holds only the calls that find it out', async () => {
  const { redis, store, logger } = await begin();
  expect(await store.increment('a', DAY)).toMatchObject({ count: 1 });
  redis.silent = () => true;
  const first = [store.increment('a', DAY), store.increment('a', DAY)];
  expect((await Promise.all(first)).map(({ count }) => count)).toEqual([1, 2]);
  // Not a promise: there is nothing to wait for.
  expect(store.increment('a', DAY)).toMatchObject({ count: 3 });
  expect(store.failing).toBe(true);
  expect(logger.warn).toHaveBeenCalledTimes(1);

  redis.silent = () => false;
  await until(() => !store.failing);
  expect(logger.info).toHaveBeenCalledTimes(1);
  const before = redis.counted;
  expect(await store.increment('a', DAY)).toMatchObject({ count: before + 1 });
});

test('nothing piles up for a Redis that greets and does not count: one question for each connection, one connection at a time', async () => {
  const { redis, store, logger } = await begin();
  redis.silent = (command) => command.startsWith('eval');
  await store.increment('a', DAY);
  for (let calls = 0; redis.unanswered.length < 4; calls++) {
    if (calls % 100 === 0) await new Promise((done) => setTimeout(done, 10));
    await store.increment('a', DAY);
    expect(redis.open).toBeLessThanOrEqual(1);
  }
  const [firstConnection, ...others] = redis.unanswered;
  // The count that was late, and the question whether it was only that one.
  expect(firstConnection).toBe(2);
  expect(Math.max(...others)).toBe(1);
  expect(logger.warn).toHaveBeenCalledTimes(1);
  expect(logger.info).not.toHaveBeenCalled();
});
