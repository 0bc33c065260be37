import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { authorizeUrl, CLIENTS, exchange, issuerOf, obtainCode, refresh, startFixture, type TokenAnswer } from './flow-driver.js';
import { answerConsentFiftyTimes, expectOneReturn } from './parallel-answers.js';

let installation: TestInstallation;
let issuer: string;
const { shop } = CLIENTS;

beforeAll(async () => {
  installation = await startFixture();
  issuer = issuerOf(installation, shop);
});
afterAll(() => installation.stop());

const fifty = (send: () => Promise<TokenAnswer>): Promise<TokenAnswer[]> => Promise.all(Array.from({ length: 50 }, send));

test('27: of 50 parallel redemptions of a code exactly one succeeds, the others are invalid_grant', async () => {
  for (let round = 0; round < 3; round++) {
    const code = await obtainCode(issuer, shop);
    const answers = await fifty(() => exchange(issuer, shop, code));
    const outcomes = answers.map((answer) => (answer.status === 200 ? 'ok' : `${answer.status} ${answer.body.error}`)).sort();
    expect(outcomes).toEqual([...Array(49).fill('400 invalid_grant'), 'ok']);
    const [row] = await installation.sql(
      `SELECT count(*)::int AS families, count(revoked_at)::int AS revoked FROM token_family WHERE id = (SELECT family_id FROM authorization_code ORDER BY created_at DESC LIMIT 1)`,
    );
    // 26: the others were a second use.
    expect(row).toEqual({ families: 1, revoked: 1 });
  }
});

test('37: 50 parallel refreshes all get one successor', async () => {
  for (let round = 0; round < 3; round++) {
    const tokens = (await exchange(issuer, shop, await obtainCode(issuer, shop))).body;
    const answers = await fifty(() => refresh(issuer, shop, tokens.refresh_token));
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.body.access_token)).size).toBe(1);
    const [row] = await installation.sql(`SELECT repeats FROM refresh_token WHERE hash = sha256('${tokens.refresh_token}')`);
    expect(row).toEqual({ repeats: 49 });
    expect((await refresh(issuer, shop, answers[0]?.body.refresh_token)).status).toBe(200);
  }
});

test('18, 27: 50 parallel answers to one consent page give one code', async () => {
  for (let round = 0; round < 3; round++) {
    const visits = await answerConsentFiftyTimes(authorizeUrl(issuer, shop, { prompt: 'consent' }), [installation.urls.auth]);
    expectOneReturn(visits, shop.redirectUri, /[?&]code=gh_ac_/);
  }
});

test('8: codes that are redeemed at the same moment, a few of them twice, each give tokens of their own authorization', async () => {
  const codes = Array.from({ length: 40 }, (_, i) => `several_${i}`);
  await installation.sql(`
    WITH family AS (
      INSERT INTO token_family (subscription_id, user_id, auth_method_id, scopes)
      SELECT s.id, u.id, 'local', CASE WHEN n % 2 = 0 THEN '{}'::text[] ELSE '{read}' END
      FROM subscription s, user_account u, generate_series(0, 39) AS n
      WHERE s.client_id = '${shop.id}' AND u.email = 'ada@example.com'
      RETURNING id, scopes
    )
    INSERT INTO authorization_code (hash, family_id, redirect_uri, expires_at)
    SELECT sha256(('several_' || 2 * (row_number() OVER (PARTITION BY scopes) - 1) + cardinality(scopes))::bytea), id, '${shop.redirectUri}',
           now() + interval '1 hour'
    FROM family`);
  const answers = await Promise.all([...codes, ...codes.slice(0, 3)].map((code) => exchange(issuer, shop, code)));
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(3);
  for (const [i, answer] of answers.slice(3, 40).entries()) {
    expect([answer.status, answer.body.scope]).toEqual([200, i % 2 === 0 ? 'read' : '']);
  }
  const stored = await installation.sql(`
    SELECT encode(r.hash, 'hex') AS refresh, encode(c.hash, 'hex') AS code
    FROM authorization_code c JOIN refresh_token r USING (family_id) JOIN access_token t USING (family_id)
    WHERE c.consumed_at IS NOT NULL`);
  const codeOf = new Map(stored.map(({ refresh, code }) => [refresh, code]));
  const hexOf = (text: string) => createHash('sha256').update(text).digest('hex');
  for (const [i, answer] of answers.slice(3, 40).entries()) {
    expect(codeOf.get(hexOf(answer.body.refresh_token))).toBe(hexOf(codes[i + 3] as string));
  }
});
