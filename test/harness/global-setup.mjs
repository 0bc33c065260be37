/**
 * Before the end-to-end suites: on the embedded database, one migrated data folder is made, of which every installation starts
 * from a copy (a WebAssembly database cannot run inside Jest, and takes seconds to make).
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export default function setup() {
  if (!existsSync(join(root, 'dist/apps/standalone/src/main.js'))) throw new Error('Build first: npm run build');
  if (process.env.DATABASE_URL) return;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-template-'));
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/gatehouse.mjs'), 'migrate'], {
    env: { ...process.env, GATEHOUSE_DATA: folder },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The template database could not be made: ${stderr}`);
  process.env.GATEHOUSE_TEST_TEMPLATE = folder;
}
