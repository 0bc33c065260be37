/** An empty database without a Gatehouse, for tests of migrations and stores. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DatabaseAddress } from '#persistence/schema/data-source.js';
import { createTestDatabase } from './test-database.js';

export interface BareDatabase {
  readonly address: DatabaseAddress;
  drop(): Promise<void>;
}

/** An empty database on the server of DATABASE_URL, or an embedded one in a process of its own. */
export async function createBareDatabase(): Promise<BareDatabase> {
  if (process.env.DATABASE_URL) {
    const database = await createTestDatabase('');
    return { address: { server: { url: database.url as string }, poolSize: 4 }, drop: () => database.drop() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bare-'));
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'embedded-server.mjs'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await announcedAddress(child);
  return {
    address,
    drop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function announcedAddress(child: ChildProcess): Promise<DatabaseAddress> {
  return new Promise((done, failed) => {
    let text = '';
    child.once('exit', (code) => failed(new Error(`The embedded database ended with ${code}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk;
      const match = /^listening (\{.*\})\n/.exec(text);
      if (match) done(JSON.parse(match[1] as string));
    });
  });
}
