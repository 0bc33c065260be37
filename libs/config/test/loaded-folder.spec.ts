import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import type { ConfigOverrides } from '../src/compile/compile-registry.js';
import { formatFaults, loadConfig } from '../src/load-config.js';
import type { RegistrySnapshot } from '../src/registry.js';
import { changed, type Files, withFolder } from './config-folder.js';

async function load(changes: Files = {}, variables: NodeJS.ProcessEnv = {}, overrides: ConfigOverrides = {}): Promise<RegistrySnapshot> {
  const outcome = await withFolder(changes, (folder) => loadConfig(folder, variables, overrides));
  if (!outcome.ok) throw new Error(formatFaults(outcome.faults));
  return outcome.snapshot;
}

async function faultLines(changes: Files, variables: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const outcome = await withFolder(changes, (folder) => loadConfig(folder, variables));
  return outcome.ok ? [] : formatFaults(outcome.faults).split('\n');
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

test('all mistakes of a folder come at once, file by file and from the top', async () => {
  const lines = await faultLines({
    ...changed('gatehouse.yaml', 'title: Test', 'titel: Test'),
    ...changed('groups.yaml', 'admin: true', 'admin: maybe'),
    'plans/basic.yaml': 'name: [\n',
    ...changed('apis/orders/api.yaml', 'plans: [basic]', 'plans: [basic, none]\ngroup: nobody\nretries: 3'),
    ...changed('applications/shop.yaml', 'api: orders', 'api: ordrs'),
    'pools/customers.yaml': 'name: ""\n',
  });
  expect(lines.map((line) => line.replace(/^(\S+ [\w.[\]]+:|\S+).*/, '$1'))).toEqual([
    'apis/orders/api.yaml:4:16 plans[1]:',
    'apis/orders/api.yaml:5:8 group:',
    'apis/orders/api.yaml:6:1 retries:',
    'applications/shop.yaml:7:10 subscriptions[0].api:',
    'gatehouse.yaml:1:1 titel:',
    'groups.yaml:1:39 admin.admin:',
    'plans/basic.yaml:2:1',
    'pools/customers.yaml:1:7 name:',
  ]);
});

test('a value that is wrong is reported alone, not with what would follow from it', async () => {
  expect(await faultLines(changed('apis/orders/api.yaml', '[basic]', 'basic'))).toEqual([
    'apis/orders/api.yaml:4:8 plans: must be a list, such as [a, b], not "basic"',
  ]);
  expect(await faultLines(changed('apis/orders/api.yaml', 'upstream:', 'upsteam:'))).toEqual([
    'apis/orders/api.yaml:7:1 upsteam: is not a known key; did you mean "upstream"?',
  ]);
});

test('the whole snapshot is frozen, its maps too', async () => {
  const snapshot = await load();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
    expect([path, Object.isFrozen(value)]).toEqual([path, true]);
    if (value instanceof Map) for (const [key, part] of value) visit(part, `${path}.${key}`);
    else for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  visit(snapshot, 'snapshot');
  const plans = snapshot.plans as Map<string, never>;
  expect(() => plans.set('x', undefined as never)).toThrow(TypeError);
  expect(() => plans.delete('basic')).toThrow(TypeError);
  expect(() => plans.clear()).toThrow(TypeError);
  expect(snapshot.plans.size).toBe(2);
});

test('secrets are hashed or hidden: neither JSON nor an inspection of the snapshot shows one', async () => {
  const snapshot = await load();
  const [subscription, keySubscription] = snapshot.declared.applications[0]?.subscriptions ?? [];
  expect(subscription?.clientSecretHashes).toEqual([sha256('shop-secret-1')]);
  expect(keySubscription?.apiKeyHash).toEqual(sha256('shop-key-1'));
  expect(snapshot.declared.users[0]?.password.reveal()).toBe('wicked');
  for (const text of [JSON.stringify(snapshot), inspect(snapshot, { depth: 20 })]) {
    for (const secret of ['wicked', 'shop-secret-1', 'shop-key-1']) expect(text).not.toContain(secret);
  }
});

test('no fault shows the value of a secret or of a variable', async () => {
  const secret = 'hunter2 hunter2';
  const lines = await faultLines(
    {
      ...changed('gatehouse.yaml', 'title: Test', 'title: Test\napiKeyHeader: "${SECRET}"\ntrustedProxies: ["${SECRET}"]'),
      ...changed('applications/shop.yaml', 'shop-key-1', '"${SECRET}"'),
      ...changed('apis/orders/api.yaml', 'http://localhost:9001', '"${SECRET}"'),
      ...changed('plans/gold.yaml', 'Gold', 'Gold\nneedsApproval: ${SECRET}\ngroup: ${SECRET}'),
    },
    { SECRET: secret },
  );
  expect(lines).toHaveLength(6);
  expect(lines.join('\n')).not.toContain('hunter2');
  expect(lines).toContain('plans/gold.yaml:2:16 needsApproval: must be true or false, not "${SECRET}"');
});

test('variables: their values, defaults, files and the escape; true, false and numbers where these are expected', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'gatehouse-secret-')), 'secret');
  await writeFile(file, 'secret-of-file\n');
  const snapshot = await load(
    {
      ...changed('gatehouse.yaml', 'title: Test', 'title: "${NAME} $${NAME} ${NONE:-of:default} ${EMPTY:-x}${EMPTY}"'),
      ...changed('plans/gold.yaml', 'Gold', 'Gold\nneedsApproval: ${APPROVAL}'),
      ...changed('plans/basic.yaml', '100', '"${LIMIT}"'),
      ...changed('apis/orders/api.yaml', '9001', '9001\n  retries: ${RETRIES:-0}\n  timeout: ${TIMEOUT:-15m}'),
      ...changed('applications/shop.yaml', 'shop-secret-1', `"\${file:${file}}"`),
    },
    { NAME: 'Acme', EMPTY: '', APPROVAL: 'true', LIMIT: '7' },
  );
  await rm(file);
  expect(snapshot.title).toBe('Acme ${NAME} of:default x');
  expect(snapshot.plans.get('gold')?.needsApproval).toBe(true);
  expect(snapshot.plans.get('basic')?.plugins[0]?.config).toMatchObject({ hour: 7 });
  expect(snapshot.apis.get('orders')?.upstream).toMatchObject({ retries: 0, firstByteTimeout: 900_000, idleTimeout: 900_000 });
  expect(snapshot.declared.applications[0]?.subscriptions[0]?.clientSecretHashes).toEqual([sha256('secret-of-file')]);
});

test('the environment overrides public URLs; slashes at their ends go', async () => {
  const changes = changed(
    'gatehouse.yaml',
    'title: Test',
    'title: Test\npublicUrls: { auth: https://auth.example/, portal: https://p.example }',
  );
  const { publicUrls } = await load(changes, {}, { publicUrls: { portal: 'https://portal.example' } });
  expect(publicUrls).toEqual({ gateway: 'http://localhost:8000', auth: 'https://auth.example', portal: 'https://portal.example' });
});

test('names are compared in lower case: e-mail addresses, hosts, the header of the key', async () => {
  const snapshot = await load({
    ...changed('gatehouse.yaml', 'admin@example.com', 'Admin@Example.com'),
    ...changed('applications/shop.yaml', 'admin@example.com', 'ADMIN@example.com'),
    ...changed('apis/orders/api.yaml', '[/orders]', '[/orders/]\n    hosts: [API.example]'),
  });
  expect(snapshot.declared.users[0]?.email).toBe('admin@example.com');
  expect(snapshot.declared.applications[0]?.owners[0]?.email).toBe('admin@example.com');
  expect(snapshot.apis.get('orders')?.routes[0]).toMatchObject({ hosts: ['api.example'], paths: ['/orders'] });
  expect(snapshot.apiKeyHeader).toBe('x-apikey');
});

test('keys without a value mean their defaults; JSON, .yml, aliases, notes and hidden files are welcome', async () => {
  const snapshot = await load({
    'plans/gold.yaml': null,
    'plans/gold.json': '{ "$schema": "../schemas/plan.schema.json", "name": "Gold", "group": null, "plugins": null }',
    'plans/silver.yml': 'name: &name Silver\ndescription: *name\n',
    'apis/orders/description.md': '# Orders\n',
    'apis/orders/openapi.yaml': 'openapi: 3.1.0\ninfo: { title: "${NOT_RESOLVED}" }\n',
    'apis/orders/notes.md': 'x',
    'README.md': 'x',
    '.git/config': 'x',
    'plans/.basic.yaml.swp': 'x',
    'plans/basic.yaml~': 'x',
    'schemas/plan.schema.json': '{}',
  });
  expect(snapshot.plans.get('gold')).toMatchObject({ name: 'Gold', group: null, plugins: [], needsApproval: false });
  expect(snapshot.plans.get('silver')).toMatchObject({ description: 'Silver' });
  expect(snapshot.apis.get('orders')).toMatchObject({ description: '# Orders\n', openapi: expect.stringContaining('NOT_RESOLVED') });
});

test('an auth method that is not enabled is in the registry, but on no API', async () => {
  const snapshot = await load({
    'auth-methods/old.yaml': 'type: local\nname: Old\nenabled: false\n',
    ...changed('apis/orders/api.yaml', '[local]', '[old, local]'),
  });
  expect(snapshot.authMethods.get('old')?.enabled).toBe(false);
  expect(snapshot.apis.get('orders')?.authMethods).toEqual(['local']);
});

test('W3: allowed scopes are all, none or a list', async () => {
  const allowed = async (text: string): Promise<unknown> => {
    const snapshot = await load(changed('applications/shop.yaml', 'plan: basic', `plan: basic\n    allowedScopes: ${text}`));
    return snapshot.declared.applications[0]?.subscriptions[0]?.allowedScopes;
  };
  expect(await allowed('all')).toBeNull();
  expect(await allowed('none')).toEqual([]);
  expect(await allowed('[read]')).toEqual(['read']);
});

test('the fingerprint follows files, used variables and overrides, and nothing else', async () => {
  const files = changed('gatehouse.yaml', 'title: Test', 'title: "${NAME:-Test}"');
  const base = (await load(files)).fingerprint;
  expect(base).toMatch(/^[0-9a-f]{64}$/);
  expect((await load(files, { UNUSED: 'x' })).fingerprint).toBe(base);
  expect((await load(files, { NAME: 'Other' })).fingerprint).not.toBe(base);
  expect((await load(files, {}, { publicUrls: { auth: 'http://a' } })).fingerprint).not.toBe(base);
  expect((await load({ ...files, ...changed('plans/gold.yaml', 'Gold', 'Gold # a note') })).fingerprint).not.toBe(base);
});

test('a folder that is not there, or is a file, is one clear fault', async () => {
  for (const [folder, message] of [
    ['/nowhere/config', 'the config folder /nowhere/config does not exist: make it, or set GATEHOUSE_CONFIG to yours'],
    [import.meta.filename, `${import.meta.filename} is a file: set GATEHOUSE_CONFIG to the folder that holds gatehouse.yaml`],
  ] as const) {
    const outcome = await loadConfig(folder, {});
    expect(outcome).toMatchObject({ ok: false, faults: [{ file: '.', message }] });
  }
});
