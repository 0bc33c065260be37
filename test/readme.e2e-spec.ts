/** What the README tells a newcomer to type works as it is printed. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from './harness/installation.js';
import { WebSession } from './harness/web-session.js';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(resolve(ROOT, 'README.md'), 'utf8');

let gatehouse: TestInstallation;

beforeAll(async () => {
  gatehouse = await startInstallation();
});

afterAll(() => gatehouse.stop());

/** The shell commands under a heading, for this installation's ports. */
function commandsUnder(heading: string): string[] {
  const section = README.split(/^#{2,3} /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = '']) =>
    text.replaceAll('http://localhost:8000', gatehouse.urls.gateway).replaceAll('http://localhost:8010', gatehouse.urls.auth),
  );
}

function bash(commands: string): string {
  return execFileSync('bash', ['-ec', commands], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

describe('README', () => {
  test('a first call: open, by key, by the application’s own token', () => {
    const [commands = ''] = commandsUnder('A first call');
    const output = bash(commands);
    expect(output).toContain('open for business');
    expect(output).toContain('chair-oak');
    expect(output).toContain('"total"');
  });

  test('by hand: authorize URL, code, refresh', async () => {
    const url = /<(http:\/\/localhost:8010\/[^>]*authorize[^>]*)>/.exec(README)?.[1]?.replace('http://localhost:8010', gatehouse.urls.auth);
    const code = new URL(await signIn(new WebSession(), url ?? '')).searchParams.get('code') ?? '';
    const [exchange = '', refresh = ''] = commandsUnder('In the name of a person').filter((text) => text.includes('grant_type'));
    const tokens = JSON.parse(bash(exchange.replace('gh_ac_…', code)));
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read' });
    const next = JSON.parse(bash(refresh.replace('gh_rt_…', tokens.refresh_token)));
    expect(next.access_token).not.toBe(tokens.access_token);
  });

  test('npm run demo: a real client goes all the way', async () => {
    const shop = spawn(process.execPath, [resolve(ROOT, 'scripts/demo-shop.mjs')], {
      env: { PATH: process.env.PATH, PUBLIC_AUTH_URL: gatehouse.urls.auth, PUBLIC_GATEWAY_URL: gatehouse.urls.gateway },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [shop.stdout, shop.stderr]) stream.on('data', (chunk) => (output += chunk));
    try {
      await until(() => output.includes('http://localhost:9000'), 'the demo shop opens', 10_000);
      const browser = new WebSession();
      const begin = await browser.get('http://localhost:9000/');
      const end = await browser.get(await signIn(browser, begin.location ?? ''));
      expect(end.body).toContain('Done.');
      expect(output).toContain('4. The new access token works as well');
    } finally {
      shop.kill();
      await once(shop, 'exit');
    }
  });
});

/** Signs in and allows where asked. @returns where the browser is sent back to */
async function signIn(browser: WebSession, url: string): Promise<string> {
  const { auth } = gatehouse.urls;
  const login = await browser.follow(await browser.get(url), auth);
  const person = { email: 'ada@example.com', password: 'lovelace' };
  let page = await browser.follow(await browser.submit(login, person, { marker: 'name="password"' }), auth);
  if (page.location === null) page = await browser.follow(await browser.submit(page, {}, { button: ['decision', 'allow'] }), auth);
  return page.location ?? '';
}
