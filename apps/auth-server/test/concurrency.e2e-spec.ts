import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestInstallation } from '../../../test/harness/installation.js';
import { CLIENTS, exchange, issuerOf, obtainCode, refresh, startFixture, type TokenAnswer } from './flow-driver.js';

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
    expect((await refresh(issuer, shop, answers[0]?.body.refresh_token)).status).toBe(200);
  }
});
