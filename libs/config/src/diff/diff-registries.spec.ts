import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadConfig } from '../load-config.js';
import type { RegistrySnapshot } from '../registry.js';
import { diffRegistries } from './diff-registries.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-diff-'));
  await cp(join(import.meta.dirname, '../../../../config'), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(variables: NodeJS.ProcessEnv = {}): Promise<RegistrySnapshot> {
  const outcome = await loadConfig(folder, variables);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return outcome.snapshot;
}

test('the same folder has no changes', async () => {
  expect(diffRegistries(await load(), await load())).toEqual([]);
});

test('things that came, went and changed are named, with their keys', async () => {
  const before = await load();
  const file = join(folder, 'plans/basic.yaml');
  await writeFile(join(folder, 'plans/fresh.yaml'), 'name: Fresh\n');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^name: .*/m, 'name: Other'));
  const changes = diffRegistries(before, await load());
  expect(changes).toEqual([
    { thing: 'plan basic', change: 'changed', keys: { added: [], removed: [], changed: ['name'] } },
    { thing: 'plan fresh', change: 'added', keys: { added: [], removed: [], changed: [] } },
  ]);
  expect(diffRegistries(await load(), before).map(({ thing, change }) => `${thing} ${change}`)).toEqual([
    'plan basic changed',
    'plan fresh removed',
  ]);
});

test('93: a secret that changed is said to have changed, and neither it nor its hash is shown', async () => {
  const changes = diffRegistries(await load(), await load({ ADMIN_PASSWORD: 'a-new-password-of-ours' }));
  expect(changes.map(({ thing, keys }) => [thing, keys.changed])).toEqual([['user admin@example.com', ['password']]]);
  expect(JSON.stringify(changes)).not.toContain('a-new-password');
});
