import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { freePorts } from '../../../test/harness/free-port.js';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  authorizeUrl,
  CLIENTS,
  credentials,
  exchange,
  issuerOf,
  obtainCode,
  postForm,
  postToken,
  refresh,
  type TestClient,
  type TokenAnswer,
} from './flow-driver.js';
import { answerConsentFiftyTimes, expectOneReturn } from './parallel-answers.js';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const TV = { id: 'tv-films', secret: 'tv-secret-1', redirectUri: 'https://tv.example/cb', api: 'films' };
const SIGNER = { id: 'signer-signed', secret: 'signer-secret-1', redirectUri: 'https://signer.example/cb', api: 'signed' };
const FILES = {
  'apis/films/api.yaml': `name: Films
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { grants: ["${DEVICE}"] }
upstream: { url: "http://127.0.0.1:1" }
routes: [{ paths: [/films] }]
`,
  'apis/signed/api.yaml': `name: Signed
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2: { grants: [authorization_code, refresh_token, implicit], tokenFormat: jwt }
upstream: { url: "http://127.0.0.1:1" }
routes: [{ paths: [/signed] }]
`,
  'applications/signer.yaml': `name: Signer
clientType: confidential
redirectUris: [https://signer.example/cb]
subscriptions: [{ api: signed, plan: basic, clientId: ${SIGNER.id}, clientSecret: ${SIGNER.secret} }]
`,
  'applications/tv.yaml': `name: Television
clientType: confidential
redirectUris: [https://tv.example/cb]
subscriptions: [{ api: films, plan: basic, clientId: ${TV.id}, clientSecret: ${TV.secret} }]
`,
};

/** The embedded database serves one process; several need PostgreSQL. */
const several = process.env.DATABASE_URL ? describe : describe.skip;

several('several auth-servers share everything', () => {
  let installation: TestInstallation;
  let second: ChildProcess;
  let issuers: [string, string];
  const { shop } = CLIENTS;

  beforeAll(async () => {
    const env = { GATEHOUSE_SECRET: 'one secret for both processes, long enough' };
    installation = await startInstallation({ config: join(import.meta.dirname, 'config'), files: FILES, env });
    const [port] = (await freePorts(1)) as [number];
    second = spawn(process.execPath, [join(import.meta.dirname, '../../../dist/apps/auth-server/src/main.js')], {
      env: { ...installation.env, AUTH_SERVER_PORT: String(port) },
      stdio: 'ignore',
    });
    const url = `http://localhost:${port}`;
    await until(async () => (await fetch(`${url}/healthz`).catch(() => null))?.ok ?? false, 'the second auth-server serves', 20_000);
    issuers = [issuerOf(installation, shop), `${url}/local/api/${shop.api}`];
  });
  afterAll(async () => {
    const ended = new Promise((done) => second.once('exit', done));
    second.kill('SIGTERM');
    await ended;
    await installation.stop();
  });

  const fifty = (send: (issuer: string) => Promise<TokenAnswer>): Promise<TokenAnswer[]> =>
    Promise.all(Array.from({ length: 50 }, (_, i) => send(issuers[i % 2] as string)));

  const opaqueAndSigned = [
    ['opaque', shop],
    ['signed', SIGNER],
  ] as const;
  const at = (issuer: string, client: TestClient): string => issuer.replace(/[^/]+$/, client.api);

  test.each(opaqueAndSigned)(
    '27: of 50 parallel redemptions of a code at two processes one succeeds, the others are invalid_grant: %s',
    async (_, client) => {
      const code = await obtainCode(at(issuers[0], client), client);
      const answers = await fifty((issuer) => exchange(at(issuer, client), client, code));
      const outcomes = answers.map((answer) => (answer.status === 200 ? 'ok' : `${answer.status} ${answer.body.error}`)).sort();
      expect(outcomes).toEqual([...Array(49).fill('400 invalid_grant'), 'ok']);
    },
  );

  test.each(opaqueAndSigned)('37: 50 parallel refreshes at two processes all get one successor, and it works: %s', async (_, client) => {
    const tokens = (await exchange(at(issuers[0], client), client, await obtainCode(at(issuers[0], client), client))).body;
    const answers = await fifty((issuer) => refresh(at(issuer, client), client, tokens.refresh_token));
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    expect((await refresh(at(issuers[1], client), client, answers[0]?.body.refresh_token)).status).toBe(200);
  });

  test.each([
    ['code', shop, /[?&]code=gh_ac_/],
    ['token', SIGNER, /[#&]access_token=eyJ/],
  ] as const)('18, 27: 50 parallel answers to one consent page at two processes give one %s', async (response_type, client, given) => {
    const url = authorizeUrl(at(issuers[0], client), client, { response_type, prompt: 'consent' });
    const origins = issuers.map((issuer) => new URL(issuer).origin);
    expectOneReturn(await answerConsentFiftyTimes(url, origins), client.redirectUri, given);
  });

  test('27: of 50 parallel polls of an allowed device at two processes one gets tokens', async () => {
    const urls = issuers.map((issuer) => issuer.replace(/\/api\/.*/, `/api/${TV.api}`)) as [string, string];
    const { device_code } = (await postForm(`${urls[0]}/device_authorization`, credentials(TV))).body;
    await installation.sql(`UPDATE device_authorization SET decision = 'approved', authenticated_at = now(),
      user_id = (SELECT id FROM user_account WHERE email = '${ADA.email}') WHERE decision IS NULL`);
    const poll = (url: string) => postToken(url, { grant_type: DEVICE, device_code, ...credentials(TV) });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => poll(urls[i % 2] as string)));
    const outcomes = answers.map((answer) => (answer.status === 200 ? 'ok' : `${answer.status} ${answer.body.error}`)).sort();
    expect(outcomes).toEqual([...Array(49).fill('400 invalid_grant'), 'ok']);
  });

  describe('98: links in mails, used 50 times at once at two processes: one succeeds, none fails otherwise', () => {
    const person = { email: 'new@example.org', password: 'seven green bottles' };
    const mailed = async (purpose: string): Promise<string> => {
      const link = () => new RegExp(`http:[^"\\s]*/local/${purpose}\\?token=[\\w-]{43}`).exec(installation.output())?.[0];
      await until(() => link() !== undefined, 'the mail, in the log');
      return link() as string;
    };
    const use = async (link: string, fields: (i: number) => Record<string, string>): Promise<number[]> => {
      const pages = await Promise.all(
        issuers.map(async (issuer) => {
          const browser = new WebSession();
          return { browser, page: await browser.get(link.replace(installation.urls.auth, new URL(issuer).origin)) };
        }),
      );
      const answers = Array.from({ length: 50 }, (_, i) => {
        const { browser, page } = pages[i % 2] as (typeof pages)[0];
        return browser.submit(page, fields(i));
      });
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    const submitAt = async (path: string, fields: Record<string, string>) => {
      const session = new WebSession();
      return session.submit(await session.get(installation.urls.auth + path), fields);
    };
    const oneOfFifty = [303, ...Array(49).fill(400)];

    test('the address is confirmed', async () => {
      await submitAt('/local/signup', person);
      expect((await use(await mailed('verify-email'), () => ({}))).sort()).toEqual(oneOfFifty);
    });

    test('a new password is set, and it is the one that won', async () => {
      await submitAt('/local/forgot-password', { email: person.email });
      const password = (i: number) => `bottle number ${i} of fifty`;
      const statuses = await use(await mailed('reset-password'), (i) => ({ password: password(i) }));
      const winner = statuses.indexOf(303);
      expect([...statuses].sort()).toEqual(oneOfFifty);
      expect((await submitAt('/local/login', { email: person.email, password: password(winner) })).status).toBe(303);
    });
  });

  test('what one process gave out, the other renews and revokes', async () => {
    const tokens = (await exchange(issuers[0], shop, await obtainCode(issuers[0], shop))).body;
    const next = (await refresh(issuers[1], shop, tokens.refresh_token)).body;
    const body = new URLSearchParams({ token: next.refresh_token, client_id: shop.id, client_secret: shop.secret });
    expect((await fetch(`${issuers[1]}/revoke`, { method: 'POST', body })).status).toBe(200);
    expect((await refresh(issuers[0], shop, next.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('27: an authorization that somebody has locked keeps no other waiting, and is looked at again once it is free', async () => {
    const codes: string[] = [];
    for (let i = 0; i < 5; i++) codes.push(await obtainCode(issuers[0], shop));
    const holder = new pg.Client({ connectionString: installation.env.DATABASE_URL });
    await holder.connect();
    const countWaiting = async () => {
      const [row] = await installation.sql(
        `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.count;
    };
    try {
      await holder.query('BEGIN');
      const familyOf = 'SELECT family_id FROM authorization_code WHERE hash = sha256($1::bytea)';
      const locked: Promise<TokenAnswer>[] = [];
      for (const code of codes.slice(0, 3)) {
        await holder.query(`UPDATE token_family SET revoked_at = now() WHERE id IN (${familyOf})`, [code]);
        locked.push(exchange(issuers[0], shop, code));
        // More of them than statements of the batch run side by side: none of those waits.
        await until(async () => (await countWaiting()) === locked.length, `${locked.length} wait, each by itself`, 20_000);
      }
      const others = await Promise.all(codes.slice(3).map((code) => exchange(issuers[0], shop, code)));
      expect(others.map(({ status }) => status)).toEqual([200, 200]);
      await holder.query('COMMIT');
      const answers = await Promise.all(locked);
      expect(answers.map(({ body }) => body.error)).toEqual(Array(3).fill('invalid_grant'));
    } finally {
      await holder.end();
    }
  });
});
