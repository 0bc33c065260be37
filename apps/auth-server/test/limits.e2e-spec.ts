/** 99: limits on guessing passwords, per account and per address. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { ADA, BOB } from './flow-driver.js';

let installation: TestInstallation;

beforeAll(async () => {
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    files: {
      'gatehouse.yaml': `title: Test APIs
publicUrls: { gateway: http://localhost:8000, auth: http://localhost:8010, portal: http://localhost:8020 }
trustedProxies: [127.0.0.1, "::1"]
initialUsers:
  - { email: ada@example.com, password: lovelace, validated: true }
  - { email: bob@example.com, password: builder-bob, validated: true }
`,
    },
  });
});
afterAll(() => installation.stop());
beforeEach(async () => {
  await installation.sql('DELETE FROM failure_count');
});

const plain = (visit: Visit): string => visit.body.replace(/name="csrf" value="[^"]*"/g, '').replace(/value="[^"]*@[^"]*"/g, '');

/** Tries to log in from an address. */
async function attempt(email: string, password: string, address = '192.0.2.1'): Promise<Visit> {
  const session = new WebSession();
  const page = await session.get(`${installation.urls.auth}/local/login`);
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.body)?.[1] as string;
  return session.post(page.url, { email, password, csrf }, { 'x-forwarded-for': address });
}

/** As many at once as a busy machine answers in time. */
const WAVE = 30;
/** Many at once: the limit counts attempts, not what came of them. */
async function attempts(count: number, email: (index: number) => string, address: (index: number) => string): Promise<Visit[]> {
  const visits: Visit[] = [];
  while (visits.length < count) {
    const indexes = Array.from({ length: Math.min(WAVE, count - visits.length) }, (_, index) => visits.length + index);
    visits.push(...(await Promise.all(indexes.map((index) => attempt(email(index), 'wrong', address(index))))));
  }
  return visits;
}
const statuses = (visits: readonly Visit[]): Record<number, number> =>
  visits.reduce<Record<number, number>>((sum, { status }) => Object.assign(sum, { [status]: (sum[status] ?? 0) + 1 }), {});

test.each([
  ['a person', ADA.email],
  ['an unknown person', 'nobody@example.com'],
])('of 30 parallel guesses at %s ten are checked; the others get the same page, 500 ms later, and Retry-After', async (_, email) => {
  const begun = performance.now();
  const visits = await attempts(
    30,
    () => email,
    (index) => `192.0.2.${index}`,
  );
  expect(performance.now() - begun).toBeGreaterThanOrEqual(490);
  expect(statuses(visits)).toEqual({ 200: 10, 429: 20 });
  expect(new Set(visits.map(plain)).size).toBe(1);
  for (const visit of visits.filter(({ status }) => status === 429)) {
    expect(Number(visit.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(visit.headers.get('retry-after'))).toBeLessThanOrEqual(900);
  }
  const locked = await installation.sql(
    `SELECT count(*)::int AS n FROM audit_event WHERE kind = 'login-locked' AND subject = 'email:${email}'`,
  );
  expect(locked).toEqual([{ n: 1 }]);
});

test('a lock holds for the right password too, across a restart, for this account alone, and ends by itself', async () => {
  await attempts(
    11,
    () => ADA.email,
    () => '192.0.2.1',
  );
  expect((await attempt(ADA.email, ADA.password)).status).toBe(429);
  expect((await attempt(ADA.email.toUpperCase(), ADA.password, '198.51.100.1')).status).toBe(429);
  await installation.end('SIGKILL');
  await installation.start();
  expect((await attempt(ADA.email, ADA.password)).status).toBe(429);
  expect((await attempt(BOB.email, BOB.password)).status).toBe(303);
  await installation.sql(`UPDATE failure_count SET resets_at = now() - interval '1 second'`);
  expect((await attempt(ADA.email, ADA.password)).status).toBe(303);
});

test('a login clears the count of its account', async () => {
  for (let round = 0; round < 2; round++) {
    await attempts(
      9,
      () => ADA.email,
      () => '192.0.2.1',
    );
    expect((await attempt(ADA.email, ADA.password)).status).toBe(303);
  }
});

test('an address has a hundred guesses, whatever the account, across a restart; IPv6 counts by /64; others go on', async () => {
  const network = (index: number): string => `2001:db8:1:1::${(index + 1).toString(16)}`;
  const visits = await attempts(110, (index) => `person-${index % 60}@example.com`, network);
  expect(statuses(visits)).toEqual({ 200: 100, 429: 10 });
  await installation.end('SIGKILL');
  await installation.start();
  expect((await attempt(BOB.email, BOB.password, network(999))).status).toBe(429);
  expect((await attempt(BOB.email, BOB.password, '2001:db8:1:2::1')).status).toBe(303);
  expect((await attempt(BOB.email, BOB.password, '192.0.2.9')).status).toBe(303);
});

test('logins that succeed do not use up the address', async () => {
  for (let i = 0; i < 3; i++) await attempt(BOB.email, BOB.password, '203.0.113.5');
  const counts = await installation.sql('SELECT max(failures + undecided) AS count FROM failure_count');
  expect(counts).toEqual([{ count: 0 }]);
});

test('an auth method that throws while it checks: the attempts count for nothing, and nobody is locked out by its outage', async () => {
  await installation.sql('ALTER TABLE user_account RENAME TO user_account_away');
  try {
    for (let i = 0; i < 12; i++) expect((await attempt(BOB.email, BOB.password)).status).toBe(500);
  } finally {
    await installation.sql('ALTER TABLE user_account_away RENAME TO user_account');
  }
  expect(await installation.sql('SELECT max(failures + undecided) AS count FROM failure_count')).toEqual([{ count: 0 }]);
  expect((await attempt(BOB.email, BOB.password)).status).toBe(303);
});

test('an account that is locked can still be given a new password by mail, which unlocks it', async () => {
  const email = 'locked@example.org';
  const session = new WebSession();
  const submit = async (url: string, fields: Record<string, string>) => session.submit(await session.get(url), fields);
  const linkTo = async (path: string): Promise<string> => {
    const found = () => [...installation.output().matchAll(new RegExp(`"link":"([^"]*${path}[^"]*)"`, 'g'))].at(-1)?.[1];
    await until(() => found() !== undefined, `a link to ${path}`);
    return found() as string;
  };
  await submit(`${installation.urls.auth}/local/signup`, { email, password: 'seven green bottles' });
  await submit(await linkTo('verify-email'), {});
  await attempts(
    11,
    () => email,
    () => '192.0.2.1',
  );
  expect((await attempt(email, 'seven green bottles')).status).toBe(429);
  await submit(`${installation.urls.auth}/local/forgot-password`, { email });
  await submit(await linkTo('reset-password'), { password: 'eight green bottles' });
  expect((await attempt(email, 'eight green bottles')).status).toBe(303);
});

test('what was counted goes when its window is over', async () => {
  await attempts(
    3,
    (index) => `gone-${index}@example.com`,
    () => '192.0.2.1',
  );
  await installation.sql(`UPDATE failure_count SET resets_at = now() - interval '1 second'`);
  await installation.end('SIGTERM');
  await installation.start();
  await until(async () => (await installation.sql('SELECT FROM failure_count')).length === 0, 'no counter');
});
