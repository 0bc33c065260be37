import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jwtVerify, SignJWT } from 'jose';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence/schema/data-source.js';
import { migrate } from '#persistence/schema/migrate.js';
import { SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import { createLogger } from '#process/logger.js';
import { RootSecret } from '#secrets/root-secret.js';
import { type BareDatabase, createBareDatabase } from '../../../test/harness/bare-database.js';
import { changeKeys } from '../src/key-rotation.js';
import { KeySealer } from '../src/sealed-key.js';
import { SigningKeys } from '../src/signing-keys.js';
import { VerificationKeys } from '../src/verification-keys.js';

let database: BareDatabase;
let dataSource: DataSource;
let store: SigningKeyStore;
const rootSecret = new RootSecret('the secret of the key rotation test');
const sealer = new KeySealer(rootSecret);

beforeAll(async () => {
  database = await createBareDatabase();
  dataSource = await createDataSource(database.address, 'keys test').initialize();
  await migrate(dataSource);
  store = new SigningKeyStore(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const states = async () => (await store.list()).map(({ alg, signsFrom }) => [alg, signsFrom === null ? 'next' : signsFrom <= new Date()]);
const newHolder = () => new SigningKeys({ store, rootSecret, logger: createLogger('silent', 'keys test'), longestTokenLife: () => 7_200 });

test('44: instances that start at once make one set of keys: for each algorithm one that signs and a next one', async () => {
  await Promise.all(Array.from({ length: 5 }, () => changeKeys(store, sealer, false)));
  expect((await states()).sort()).toEqual([
    ['ES256', 'next'],
    ['ES256', true],
    ['RS256', 'next'],
    ['RS256', true],
  ]);
  expect(await changeKeys(store, sealer, false)).toEqual({ add: [], promote: [] });
});

test('44: the private keys are encrypted; what is published is public', async () => {
  const rows = await store.list();
  for (const row of rows) {
    const opened = sealer.open(row.kid, row.sealedPrivate);
    expect(opened).toMatchObject({ kty: row.publicJwk.kty, d: expect.any(String) });
    expect(JSON.stringify(row.publicJwk)).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/);
    expect(row.sealedPrivate.includes(opened?.d as string)).toBe(false);
  }
});

test('44: a key just made waits before it signs, one that was long published takes over at once; old ones stay', async () => {
  const before = await store.list();
  await changeKeys(store, sealer, true);
  expect((await states()).filter(([, state]) => state === false)).toHaveLength(2);
  // Asked again, nothing more happens: the takeover is on its way.
  expect(await changeKeys(store, sealer, true)).toEqual({ add: [], promote: [] });

  await dataSource.query(`UPDATE signing_key SET signs_from = now() WHERE signs_from > now()`);
  await dataSource.query(`UPDATE signing_key SET created_at = now() - interval '1 hour'`);
  await changeKeys(store, sealer, true);
  expect((await states()).filter(([alg, state]) => alg === 'ES256' && state === true)).toHaveLength(3);
  expect((await store.list()).map((key) => key.kid)).toEqual(expect.arrayContaining(before.map((key) => key.kid)));
});

test('44: tokens signed before, during and after rotations verify, and no signature fails meanwhile', async () => {
  const [one, other] = [newHolder(), newHolder()];
  const keys = new VerificationKeys(store);
  const tokens: string[] = [];
  const sign = async (holder: SigningKeys) => {
    const { alg, kid, key } = await holder.signer('ES256');
    tokens.push(await new SignJWT({}).setProtectedHeader({ alg, kid }).setExpirationTime('1h').sign(key));
  };
  for (let round = 0; round < 4; round++) {
    await Promise.all([sign(one), sign(other), sign(newHolder())]);
    await dataSource.query(`UPDATE signing_key SET created_at = now() - interval '1 hour'`);
    await changeKeys(store, sealer, true);
  }
  const kids = new Set<string>();
  for (const token of tokens) {
    await jwtVerify(token, async ({ kid, alg }) => {
      kids.add(kid as string);
      return (await keys.find(kid as string, alg)) as CryptoKey;
    });
  }
  expect(tokens).toHaveLength(12);
  expect(kids.size).toBeGreaterThan(3);
});

test('44: a key goes once its successor has signed for longer than its tokens live, not before', async () => {
  await store.raiseTokenLife(7_200);
  const count = async () => (await store.list()).length;
  const before = await count();
  const starts = (age: string) => dataSource.query(`UPDATE signing_key SET signs_from = signs_from - interval '${age}'`);
  await starts('2 hours 30 minutes');
  expect(await store.deleteRetired()).toEqual([]);
  await starts('40 minutes');
  const gone = await store.deleteRetired();
  expect(gone.length).toBeGreaterThan(0);
  expect(await count()).toBe(before - gone.length);
  expect((await states()).sort()).toEqual([
    ['ES256', 'next'],
    ['ES256', true],
    ['RS256', 'next'],
    ['RS256', true],
  ]);
});

test('keys of another secret verify, but sign nothing: new ones are made', async () => {
  const otherSecret = new KeySealer(new RootSecret('another secret, of the same installation'));
  const before = (await store.list()).length;
  expect((await changeKeys(store, otherSecret, false)).add).toHaveLength(4);
  expect((await store.list()).length).toBe(before + 4);
});

test('44: every change of keys is in the audit log and the change feed', async () => {
  const audit: { kind: string; count: number }[] = await dataSource.query(
    `SELECT kind, count(*)::int AS count FROM audit_event GROUP BY kind ORDER BY kind`,
  );
  expect(audit.map(({ kind }) => kind)).toEqual(['key-created', 'key-removed', 'key-rotated']);
  const [feed] = await dataSource.query(`SELECT count(*)::int AS count FROM change_event WHERE kind = 'signing_key'`);
  expect(feed.count).toBe(audit.reduce((sum, { count }) => sum + count, 0));
});
