import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ConfigFault, loadConfig } from './load-config.js';
import type { RegistrySnapshot } from './registry.js';
import { type ConfigWatch, type WatchConfigOptions, watchConfig } from './watch-config.js';

let folder: string;
let watch: ConfigWatch | undefined;
let titles: string[];
let refusals: (readonly ConfigFault[])[];
let errors: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-watch-'));
  [titles, refusals, errors] = [[], [], []];
});

afterEach(async () => {
  await watch?.close();
  watch = undefined;
  await rm(folder, { recursive: true, force: true });
});

const write = (title: string, into = folder): Promise<void> => writeFile(join(into, 'gatehouse.yaml'), `title: ${title}\n`);

async function load(): Promise<RegistrySnapshot> {
  const outcome = await loadConfig(folder, {});
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return outcome.snapshot;
}

async function begin(more: Partial<WatchConfigOptions> = {}): Promise<ConfigWatch> {
  watch = await watchConfig({
    folder,
    variables: {},
    current: await load(),
    apply: ({ snapshot: { title } }) => void titles.push(title),
    onRefused: (faults) => void refusals.push(faults),
    onError: (error) => void errors.push(error),
    lookInterval: 50,
    quietTime: 10,
    ...more,
  });
  return watch;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 3_000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

test('a changed file is applied once', async () => {
  await write('one');
  await begin();
  await write('two');
  await until(() => titles.length > 0);
  expect(await watch?.reload()).toBe('unchanged');
  expect(titles).toEqual(['two']);
});

test('97: a bad folder is refused with its faults and what is in force stays; once mended it is applied', async () => {
  await write('one');
  await begin();
  await writeFile(join(folder, 'gatehouse.yaml'), 'title: two\ncolour: blue\n');
  await until(() => refusals.length > 0);
  expect(titles).toEqual([]);
  expect(refusals[0]?.[0]).toMatchObject({ file: 'gatehouse.yaml', line: 2, keyPath: 'colour' });
  await write('three');
  await until(() => titles.length > 0);
  expect(titles).toEqual(['three']);
});

test.each([
  ['by the watches of the operating system alone', { lookInterval: 3_600_000 }],
  ['by looking alone', { quietTime: 3_600_000 }],
])('a new file in a new folder is noticed %s', async (_how, options) => {
  await write('one');
  await begin({ apply: ({ snapshot }) => void titles.push([...snapshot.plans.keys()].join()), ...options });
  await mkdir(join(folder, 'plans'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await writeFile(join(folder, 'plans', 'basic.yaml'), 'name: Basic\n');
  await until(() => titles.includes('basic'));
});

test('the swap of a Kubernetes volume is noticed, also in folders inside it', async () => {
  for (const [version, name] of [
    ['..v1', 'One'],
    ['..v2', 'Two'],
  ] as const) {
    await mkdir(join(folder, version, 'plans'), { recursive: true });
    await write(version, join(folder, version));
    await writeFile(join(folder, version, 'plans', 'basic.yaml'), `name: ${name}\n`);
  }
  await symlink('..v1', join(folder, '..data'));
  await symlink('..data/gatehouse.yaml', join(folder, 'gatehouse.yaml'));
  await symlink('..data/plans', join(folder, 'plans'));
  await begin({ apply: ({ snapshot }) => void titles.push(`${snapshot.title} ${snapshot.plans.get('basic')?.name}`) });
  await symlink('..v2', join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  await until(() => titles.length > 0);
  expect(titles).toEqual(['..v2 Two']);
});

test('a folder that vanishes is refused, and its return is noticed', async () => {
  await write('one');
  await begin();
  await rm(folder, { recursive: true });
  await until(() => refusals.length > 0);
  await mkdir(folder);
  await write('two');
  await until(() => titles.length > 0);
  expect(titles).toEqual(['two']);
});

test('a snapshot that could not be applied is tried again', async () => {
  await write('one');
  let attempts = 0;
  await begin({
    apply: ({ snapshot: { title } }) => {
      attempts += 1;
      if (attempts < 3) throw new Error('database unreachable');
      titles.push(title);
    },
  });
  await write('two');
  await until(() => titles.length > 0);
  expect(errors).toHaveLength(2);
});

test('SIGHUP reads the folder, and the variables of the process, again', async () => {
  await writeFile(join(folder, 'gatehouse.yaml'), 'title: "${NAME:-one}"\n');
  const variables: NodeJS.ProcessEnv = {};
  await begin({ variables });
  variables.NAME = 'two';
  process.emit('SIGHUP', 'SIGHUP');
  await until(() => titles.length > 0);
  expect(titles).toEqual(['two']);
});

test('a closed watch is silent', async () => {
  await write('one');
  await (await begin()).close();
  await write('two');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(titles).toEqual([]);
  expect(process.listenerCount('SIGHUP')).toBe(0);
});

test('the example folder stays in force while it is copied over itself', async () => {
  await cp(join(import.meta.dirname, '../../../config'), folder, { recursive: true });
  await begin();
  await cp(join(import.meta.dirname, '../../../config'), folder, { recursive: true });
  expect(await watch?.reload()).toBe('unchanged');
  expect(refusals).toEqual([]);
});
