/** What the page of an API shows works when it is copied (BEHAVIOURS line G): its commands are run by a shell as they stand. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { codeBlocksOf } from './page-text.js';

let installation: TestInstallation;
const SHELL_ENV = { PATH: process.env.PATH ?? '' };

beforeAll(async () => {
  installation = await startInstallation({ config: join(import.meta.dirname, 'fixture') });
});
afterAll(() => installation?.stop());

/** Runs lines as pasted, and prints the variables that the next lines need. */
function runLines(lines: string[]): string {
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', lines.join('\n')], {
    encoding: 'utf8',
    env: SHELL_ENV,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 90_000,
  });
  if (status !== 0) throw new Error(`The shell ended with ${status}: ${stderr}\n${lines.join('\n')}`);
  return stdout;
}

const blocks = async (path: string): Promise<string[]> => codeBlocksOf(await (await fetch(installation.urls.portal + path)).text());

function fill(block: string | undefined, values: Readonly<Record<string, string>>): string {
  const filled = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), block ?? '');
  expect(filled).not.toMatch(/YOUR_[A-Z_]+/);
  return filled;
}

/** Opens the printed address as a person would: logs in, consents. @returns code and state that came to the redirect URI */
async function openInBrowser(address: string, redirectUri: string): Promise<URLSearchParams> {
  const browser = new WebSession();
  const { auth } = installation.urls;
  const login = await browser.follow(await browser.get(address), auth);
  const person = { email: 'ada@example.com', password: 'correct-horse-battery' };
  let page = await browser.follow(await browser.submit(login, person, { marker: 'password' }), auth);
  if (page.location === null) page = await browser.follow(await browser.submit(page, {}, { button: ['decision', 'allow'] }), auth);
  expect(page.location).toMatch(new RegExp(`^${redirectUri.replace(/[?.+]/g, '\\$&')}`));
  return new URL(page.location as string).searchParams;
}

test('G: an open API is called as the page says', async () => {
  const [call] = await blocks('/apis/status');
  expect(runLines([fill(call, {})])).toMatch(/^HTTP\/1.1 200 [\s\S]*open for business/);
});

test('G: the first call on the home page works', async () => {
  const [call] = await blocks('/');
  expect(runLines([fill(call, {})])).toMatch(/^HTTP\/1.1 200 /);
});

test('G: an API with keys is called as the page says', async () => {
  const [call] = await blocks('/apis/stock');
  expect(runLines([fill(call, { YOUR_API_KEY: 'shop-stock-key-of-some-length' })])).toMatch(/^HTTP\/1.1 200 [\s\S]*chair-oak/);
  expect(runLines([fill(call, { YOUR_API_KEY: 'wrong-key' })])).toMatch(/^HTTP\/1.1 401 /);
});

const SHOP = {
  YOUR_CLIENT_ID: 'shop-orders',
  YOUR_CLIENT_SECRET: 'shop-orders-secret-of-some-length',
  YOUR_REDIRECT_URI: 'http://localhost:9000/callback?from=shop&kind=a%26b',
};
const POCKET = { YOUR_CLIENT_ID: 'pocket-orders', YOUR_REDIRECT_URI: 'http://127.0.0.1:51004/callback' };

describe.each([
  ['local', 'confidential', SHOP],
  ['corporate', 'confidential', SHOP],
  ['local', 'public', POCKET],
])('G: the flow by %s for a %s client', (method, client, values) => {
  // exchange as JSON (block 2) or as a form (block 3); refresh likewise (blocks 5 and 6)
  test.each([
    ['JSON', 2, 5],
    ['forms', 3, 6],
  ])('goes through as the page says, with %s', async (_body, exchangeBlock, refreshBlock) => {
    const steps = await blocks(`/apis/orders?method=${method}&client=${client}`);
    expect(steps).toHaveLength(7);
    const [credentials, authorize] = steps;

    const opening = runLines([
      fill(credentials, values),
      fill(authorize, {}),
      'declare -p STATE; declare -p CODE_VERIFIER 2>/dev/null || true',
    ]);
    const address = opening.split('\n')[0] as string;
    expect(address.startsWith(`${installation.urls.auth}/${method}/api/orders/authorize?`)).toBe(true);
    // The person takes a while; the shell keeps its variables meanwhile.
    const kept = opening.split('\n').slice(1);
    const answer = await openInBrowser(address, values.YOUR_REDIRECT_URI);
    expect(kept.join('\n')).toContain(answer.get('state'));

    const rest = [steps[exchangeBlock], steps[4], steps[refreshBlock], steps[4]].map((step) =>
      fill(step, { YOUR_CODE: answer.get('code') ?? '' }),
    );
    const output = runLines([fill(credentials, values), ...kept, ...rest]);
    expect(output.match(/"access_token"/g)).toHaveLength(2);
    expect(output.match(/"expires_in": ?5400/g)).toHaveLength(2);
    expect(output.match(/^HTTP\/1.1 200 /gm)).toHaveLength(2);
    expect(output).not.toMatch(/"error"/);
  });
});

test('G: a machine gets its token and calls as the page says', async () => {
  const [credentials, json, form, call] = await blocks('/apis/orders?client=machine');
  for (const token of [json, form]) {
    const output = runLines([fill(credentials, SHOP), fill(token, {}), fill(call, {})]);
    expect(output).toMatch(/HTTP\/1.1 200 /);
    expect(output).not.toContain('refresh_token');
  }
});
