import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { freePorts } from '../../../test/harness/free-port.js';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { CLIENTS, credentials, issuerOf, postForm, postToken } from './flow-driver.js';

/** BEHAVIOURS 44: keys rotate while tokens are issued and used, and nobody notices. */

const ROOT = resolve(import.meta.dirname, '../../..');
const SECRET = 'the root secret of the key rotation test';
const { shop } = CLIENTS;
const FILES = {
  'apis/orders/api.yaml': `
name: Orders
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { scopes: { read: Read, write: Write, admin: All }, tokenFormat: jwt }
upstream: { url: "\${SAMPLE_UPSTREAM_URL:-http://127.0.0.1:8090}/orders" }
routes: [{ paths: [/orders/v1] }]
`,
};
/** Ages every key, so that a rotation is due and the next keys were published long ago. */
const AGE = `UPDATE signing_key SET signs_from = signs_from - interval '91 days', created_at = created_at - interval '91 days'`;

let installation: TestInstallation;
let issuer: string;

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'config'), files: FILES, env: { GATEHOUSE_SECRET: SECRET } });
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

interface Load {
  /** Ids of the keys that signed so far. */
  readonly kids: Set<string>;
  /** Everything that was answered otherwise than it should. */
  readonly failures: unknown[];
  readonly tokens: string[];
  stop(): Promise<void>;
}

const call = async (token: string) =>
  (await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${token}` } })).status;

/** Gets tokens at issuers, one after the other, and calls the API with each. */
function load(issuers: readonly string[]): Load {
  const kids = new Set<string>();
  const failures: unknown[] = [];
  const tokens: string[] = [];
  let stopped = false;
  const worker = async (at: string) => {
    while (!stopped) {
      const { status, body } = await postToken(at, { grant_type: 'client_credentials', ...credentials(shop) });
      if (status !== 200) failures.push(body);
      else {
        const token = body.access_token as string;
        kids.add(decodeProtectedHeader(token).kid as string);
        tokens.push(token);
        const answer = await call(token);
        if (answer !== 200) failures.push(answer);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  const workers = issuers.map((at) => worker(at).catch((error) => failures.push(error)));
  return {
    kids,
    failures,
    tokens,
    async stop() {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

const publishedKids = async () => {
  const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string }[] };
  return keys.map((key) => key.kid);
};

test('44: by age, under load: no request fails, and tokens from before, during and after are good', async () => {
  const before = await publishedKids();
  const running = load([issuer, issuer, issuer]);
  await until(() => running.kids.size === 1, 'a key signs');
  await installation.sql(AGE);
  await until(() => running.kids.size === 2, 'the next key signs', 20_000);
  await running.stop();
  expect(running.failures).toEqual([]);
  const after = await publishedKids();
  // The key that took over was known before; the old one stays; a new next one is known now.
  expect(before).toEqual(expect.arrayContaining([...running.kids]));
  expect(after).toEqual(expect.arrayContaining(before));
  expect(after.length).toBe(before.length + 2);
  for (const token of [running.tokens[0], running.tokens.at(-1)]) expect(await call(token as string)).toBe(200);
});

if (process.env.DATABASE_URL !== undefined) {
  test('44: by command, under load, with a second auth-server on the same database', async () => {
    const [port = 0] = await freePorts(1);
    const env = { ...installation.env, AUTH_SERVER_PORT: String(port) };
    const second: ChildProcess = spawn(process.execPath, [join(ROOT, 'bin/gatehouse.mjs'), 'auth-server'], { env, stdio: 'ignore' });
    const keys = (...words: string[]) =>
      new Promise<{ status: number | null; stdout: string; stderr: string }>((ended) => {
        const command = [join(ROOT, 'bin/gatehouse.mjs'), 'keys', ...words];
        const child = execFile(process.execPath, command, { env }, (_, stdout, stderr) =>
          ended({ status: child.exitCode, stdout, stderr }),
        );
      });
    try {
      const at = `http://localhost:${port}/local/api/orders`;
      await until(async () => (await fetch(`${at}/jwks`).catch(() => null))?.status === 200, 'the second serves', 20_000);
      const running = load([issuer, at, issuer, at]);
      await until(() => running.kids.size === 1, 'both sign by one key');
      await installation.sql(`UPDATE signing_key SET created_at = created_at - interval '1 hour'`);
      const rotated = await keys('rotate');
      expect([rotated.status, rotated.stderr]).toEqual([0, '']);
      expect(rotated.stdout.match(/signs since/g)).toHaveLength(2);
      await until(() => running.kids.size === 2, 'the next key signs', 20_000);
      await new Promise((done) => setTimeout(done, 11_000));
      await running.stop();
      expect(running.failures).toEqual([]);
      expect([...running.kids]).toHaveLength(2);
      expect((await keys('rotate')).stdout).toContain('signs from');
      expect((await keys('rotate')).stdout).toContain('about to take over already');

      // The key that signs is removed: the next one signs before it goes, so that nothing is signed by a key that is gone.
      const signing = load([issuer, at]);
      await until(() => signing.kids.size === 1, 'both sign by one key');
      const [kid] = signing.kids;
      expect((await keys('remove', kid as string)).status).toBe(0);
      await until(async () => !(await publishedKids()).includes(kid as string), 'the key is published no more');
      const [old, since] = [signing.tokens[0] as string, signing.tokens.length];
      await until(() => signing.tokens.length > since + 4, 'more tokens');
      await signing.stop();
      expect(signing.failures).toEqual([]);
      expect(signing.kids.size).toBe(2);
      await until(async () => (await call(old)) === 401, 'what the key signed is refused');
      const introspect = async () => (await postForm(`${at}/introspect`, { token: old, ...credentials(shop) })).body.active;
      await until(async () => (await introspect()) === false, 'the auth-server says so too');
    } finally {
      const ended = new Promise((done) => second.once('exit', done));
      second.kill('SIGTERM');
      await ended;
    }
  });

  test('keys rotate refuses a secret that opens none of the keys', () => {
    const env = { ...installation.env, GATEHOUSE_SECRET: 'not the secret of this installation' };
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/gatehouse.mjs'), 'keys', 'rotate'], { env, encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringContaining('There is no signing key that GATEHOUSE_SECRET opens')]);
  });
}
