import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { CLIENTS, credentials, exchange, issuerOf, obtainCode, postToken, refresh, type TestClient } from './flow-driver.js';

const ROOT = join(import.meta.dirname, '../../..');
let installation: TestInstallation;
let issuer: string;
const { shop, house, reader } = CLIENTS;

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'config') });
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const newTokens = async (client: TestClient = shop) => (await exchange(issuer, client, await obtainCode(issuer, client))).body;
const machineToken = async (client: TestClient) =>
  (await postToken(issuer, { grant_type: 'client_credentials', ...credentials(client) })).body.access_token;
const callStatus = async (token: string) =>
  (await fetch(`${installation.urls.gateway}/orders/v1`, { headers: { authorization: `Bearer ${token}` } })).status;
const restart = async () => {
  await installation.end('SIGTERM');
  await installation.start();
};

describe('8: storage of access tokens', () => {
  test('tokens issued at the same moment share a commit, and each works', async () => {
    const tokens = await Promise.all(Array.from({ length: 40 }, () => machineToken(house)));
    expect(new Set(tokens).size).toBe(40);
    expect(await Promise.all(tokens.map(callStatus))).toEqual(Array(40).fill(200));
    const [row] = await installation.sql(
      `SELECT count(DISTINCT issued_at)::int AS commits FROM access_token WHERE family_id IS NULL AND issued_at > now() - interval '1 minute'`,
    );
    expect(Number(row?.commits)).toBeLessThan(40);
  });

  test('they stand by the hours in which they expire; a partition whose hours are over is emptied, the others stay', async () => {
    const [old, live] = [await machineToken(house), await machineToken(house)];
    const [ring] = await installation.sql(`SELECT count(*)::int AS n FROM access_token WHERE bucket = 0 AND family_id IS NULL`);
    expect(ring).toEqual({ n: 0 });
    // Six hours of 36 are free, but for ten minutes before and after they change: then none is, and there is nothing to see.
    const [border] = await installation.sql(
      `SELECT floor(extract(epoch FROM now() - interval '11 minutes') / 21600) <> floor(extract(epoch FROM now() + interval '12 minutes') / 21600) AS near`,
    );
    if (border?.near) return;
    const [free] = await installation.sql(`SELECT 1 + (floor(extract(epoch FROM now()) / 21600)::bigint + 5) % 6 AS bucket`);
    await installation.sql(
      `UPDATE access_token SET bucket = ${free?.bucket}, expires_at = now() - interval '7 hours' WHERE hash = sha256('${old}'::bytea)`,
    );
    expect(await callStatus(old)).toBe(401);
    await restart();
    const rows = async (token: string) =>
      (await installation.sql(`SELECT 1 FROM access_token WHERE hash = sha256('${token}'::bytea)`)).length;
    await until(async () => (await rows(old)) === 0, 'the partition is emptied');
    expect([await rows(live), await callStatus(live)]).toEqual([1, 200]);
  });
});

describe('8: age of refresh tokens', () => {
  test('each lives for refreshTokenTtl from its issue (idle time), but none beyond refreshTokenMaxAge from the authorization', async () => {
    const first = await newTokens();
    const lifeOfLast = async () => {
      const [row] = await installation.sql(
        `SELECT round(extract(epoch FROM expires_at - created_at))::int AS life FROM refresh_token ORDER BY created_at DESC LIMIT 1`,
      );
      return row?.life;
    };
    expect(await lifeOfLast()).toBe(14 * 86_400);
    await installation.sql(`UPDATE token_family SET created_at = now() - interval '364 days 23 hours'`);
    const second = (await refresh(issuer, shop, first.refresh_token)).body;
    expect(await lifeOfLast()).toBeGreaterThan(3_500);
    expect(await lifeOfLast()).toBeLessThanOrEqual(3_600);
    await installation.sql(`UPDATE token_family SET created_at = now() - interval '366 days'`);
    const third = (await refresh(issuer, shop, second.refresh_token)).body;
    expect((await refresh(issuer, shop, third.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('8: everything at once, by gatehouse revoke', () => {
  /** The embedded database is one process's: there the command takes its turn between stop and start. */
  async function gatehouse(...words: string[]): Promise<string> {
    const embedded = !process.env.DATABASE_URL;
    if (embedded) await installation.end('SIGTERM');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, 'bin/gatehouse.mjs'), 'revoke', ...words], {
      env: installation.env,
    }).catch((error: { stdout: string; stderr: string }) => error);
    if (embedded) await installation.start();
    return `${stdout}${stderr}`;
  }
  const refused = (token: string) => until(async () => (await callStatus(token)) === 401, 'the gateway refuses the token', 2_000);

  test.each([
    ['of a person', ['--user', 'ADA@example.com'], true],
    ['of an application', ['--application', 'shop'], false],
    ['of a subscription', ['--subscription', 'shop/orders'], false],
    ['of an API', ['--api', 'orders'], false],
  ] as const)('%s', async (_, words, personOnly) => {
    const [tokens, machine, other] = [await newTokens(), await machineToken(shop), await machineToken(reader)];
    for (const token of [tokens.access_token, machine, other]) expect(await callStatus(token)).toBe(200);
    expect(await gatehouse(...words)).toMatch(/^Revoked: \d+ authorizations of people, \d+ tokens of clients, \d+ sessions\.\n$/);
    await refused(tokens.access_token);
    expect((await refresh(issuer, shop, tokens.refresh_token)).body.error).toBe('invalid_grant');
    if (personOnly) expect(await callStatus(machine)).toBe(200);
    else await refused(machine);
    if (words[0] === '--api') await refused(other);
    else expect(await callStatus(other)).toBe(200);
    const [event] = await installation.sql(`SELECT actor FROM audit_event WHERE kind = 'token-revoked' ORDER BY id DESC LIMIT 1`);
    expect(event).toEqual({ actor: 'operator' });
    // Nothing is blocked: what is issued from now on works.
    expect(await callStatus((await newTokens()).access_token)).toBe(200);
  });

  test('what does not exist is said, and so is the usage', async () => {
    expect(await gatehouse('--user', 'nobody@example.com')).toContain('There is no user "nobody@example.com" that has tokens.');
    expect(await gatehouse('shop')).toContain('Name one: --user');
  });
});
