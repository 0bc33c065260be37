import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that operating systems give to outgoing connections: one of those, free now, may be the near end of somebody's
 * connection a moment later. Each of Jest's workers looks in a part of its own.
 */
const FIRST = 11_000;
const PART = 5_000;
const PARTS = 4;

const part = FIRST + (Number(process.env.JEST_WORKER_ID ?? 0) % PARTS) * PART;
let next = randomInt(PART);

/** Ports that are free, and that no other call was given lately. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = part + (next++ % PART);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
}
