import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { WebSession } from '../../../test/harness/web-session.js';
import { ADA, authorizeUrl, credentials, goOn, logIn, postForm, postToken, returned, type TestClient } from './flow-driver.js';
import { bearer } from './oidc-driver.js';
import { type Answer, type OperatorService, says, startOperatorService } from './operator-service.js';

/** `scopeLookupUrl`: a service of the operator's lists the scopes of an API. */

const looked: TestClient = { id: 'house-looked', secret: 'house-secret', redirectUri: 'https://house.example/cb', api: 'looked' };
const asker: TestClient = { ...looked, id: 'shop-looked' };
const late: TestClient = { ...looked, id: 'house-late', api: 'late' };
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

const apiFile = (id: string, oauth2: string) => `name: ${id}
auth: [oauth2, key-auth]
authMethods: [local]
plans: [basic]
oauth2:
  grants: [authorization_code, refresh_token, client_credentials, "${DEVICE}"]
  mandatoryScope: true
  scopeLookupUrl: "http://gate:secret@\${OPERATOR_HOST}/scopes/"
${oauth2}
upstream: { url: "\${OPERATOR_SERVICE}/echo" }
routes: [{ paths: [/${id}/v1] }, { paths: [/${id}/demanding], scopes: [read] }]
`;
const LOOKED = apiFile('looked', '  scopes: { own: Of the folder, read: As the folder says it }');
const FILES = {
  'apis/looked/api.yaml': LOOKED,
  'apis/late/api.yaml': apiFile('late', ''),
  'applications/house.yaml': `name: House
clientType: confidential
redirectUris: ["https://house.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: looked, plan: basic, trusted: true, allowedScopes: [read, ship, own], clientId: house-looked, clientSecret: house-secret }
  - { api: late, plan: basic, trusted: true, clientId: house-late, clientSecret: house-secret }
`,
  'applications/shop.yaml': `name: Shop
clientType: confidential
redirectUris: ["https://house.example/cb"]
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: looked, plan: basic, clientId: shop-looked, clientSecret: house-secret }
`,
  'applications/robot.yaml': `name: Robot
clientType: confidential
owners: [{ email: ada@example.com, role: owner }]
subscriptions:
  - { api: late, plan: basic, apiKey: robot-late-key }
`,
};

const GOOD = { read: { description: 'Read it' }, ship: { description: 'Ship <b>it</b>' }, plain: 'In short', bare: {} };

let service: OperatorService;
let installation: TestInstallation;
let listing: Answer = says(GOOD);

beforeAll(async () => {
  service = await startOperatorService();
  // The second API has no list until a test says so.
  service.answer = (response, question) => (question.path === '/scopes/looked' ? listing : lateListing)(response, question);
  const env = { OPERATOR_SERVICE: service.url, OPERATOR_HOST: new URL(service.url).host };
  installation = await startInstallation({ config: join(import.meta.dirname, 'config'), files: FILES, env });
});
afterAll(async () => {
  await installation?.stop();
  await service?.stop();
});

let lateListing: Answer = says({}, 500);
const issuerOf = (client: TestClient) => `${installation.urls.auth}/local/api/${client.api}`;
const supported = async (client: TestClient = looked): Promise<string[]> => {
  const { pathname } = new URL(issuerOf(client));
  const metadata = await fetch(`${installation.urls.auth}/.well-known/oauth-authorization-server${pathname}`);
  const { scopes_supported } = (await metadata.json()) as { scopes_supported: string[] };
  return scopes_supported.filter((scope) => !['openid', 'profile', 'email', 'phone', 'address'].includes(scope));
};
const own = (scope: string, client: TestClient = looked) =>
  postToken(issuerOf(client), { grant_type: 'client_credentials', ...credentials(client), ...(scope === '' ? {} : { scope }) });
const call = (path: string, token: string) => fetch(`${installation.urls.gateway}${path}`, bearer(token));
/** Has all scopes looked up again. */
const reload = async () => {
  const asked = () => service.questions.filter(({ path }) => path === '/scopes/looked').length;
  const before = asked();
  installation.writeConfig('apis/looked/api.yaml', `${LOOKED}# ${Date.now()}\n`);
  await until(() => asked() > before, 'the service is asked again');
};
const reloads = () => installation.output().split('Config reloaded').length;

describe('W10: scopeLookupUrl', () => {
  test('the service is asked at the URL of the API, with its credentials; its scopes come on top of those of the folder', async () => {
    expect(service.questions.find(({ path }) => path === '/scopes/looked')).toMatchObject({
      method: 'GET',
      headers: { authorization: `Basic ${Buffer.from('gate:secret').toString('base64')}`, accept: 'application/json' },
    });
    expect(await supported()).toEqual(['own', 'read', 'ship', 'plain', 'bare']);
  });

  test('tokens, the gateway and its challenges', async () => {
    expect((await own('read ship')).body.scope).toBe('read ship');
    // The subscription may not have this one.
    expect((await own('ship plain')).body.scope).toBe('ship');
    expect(await own('sail')).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    // W2: trusted, without scope: all that it may have.
    const all = (await own('')).body;
    expect(all.scope).toBe('own read ship');
    const fields = (await (await call('/looked/demanding', all.access_token)).json()) as Record<string, string>;
    expect(fields['x-authenticated-scope']).toBe('own read ship');
    const refused = await call('/looked/demanding', (await own('ship')).body.access_token);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, expect.stringContaining('scope="read"')]);
  });

  test('W1: the consent page describes them, the folder before the service; so does the page in the portal', async () => {
    const browser = new WebSession();
    const url = authorizeUrl(issuerOf(asker), asker, { scope: 'read ship plain bare' });
    const page = await logIn(browser, await goOn(browser, await browser.get(url)), ADA);
    for (const text of ['As the folder says it', 'Ship &lt;b>it&lt;/b>', 'In short', '<code>bare</code>'])
      expect(page.body).toContain(text);
    const portal = await (await fetch(`${installation.urls.portal}/apis/looked`)).text();
    expect(portal).toContain('In short');
    const unknown = returned(await goOn(browser, await browser.get(authorizeUrl(issuerOf(asker), asker, { scope: 'sail' }))));
    expect(unknown.error).toBe('invalid_scope');
  });

  test('what the service lists anew is in force without a restart', async () => {
    listing = says({ ...GOOD, sail: { description: 'Sail it' } });
    await reload();
    await until(async () => (await supported()).includes('sail'), 'the new scope is known');
    expect((await own('read sail')).body.scope).toBe('read');
  });

  test.each<[string, Answer, string]>([
    ['500', says({}, 500), 'status'],
    ['a redirect', (response) => response.writeHead(302, { location: '/elsewhere' }).end(), 'redirect'],
    ['no JSON', (response) => response.end('{'), 'malformed'],
    ['a list', says(['read']), 'malformed'],
    ['a name that is none', says({ 'two words': {} }), 'malformed'],
    ['a name that stands for a group', says({ 'wicked:admins': {} }), 'malformed'],
    ['a description that is none', says({ read: { description: 7 } }), 'malformed'],
    ['a description with NUL', says({ read: 'a\u0000b' }), 'malformed'],
    ['a description with half a character', says({ read: 'a\ud83d' }), 'malformed'],
    ['too many', says(Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`s${i}`, {}]))), 'malformed'],
    ['a huge answer', says({ read: { description: 'x'.repeat(300_000) } }), 'too-large'],
  ])('%s: the last good answer stays, and the log says why', async (_, answer, fault) => {
    listing = answer;
    const before = reloads();
    const lines = () =>
      installation
        .output()
        .split('\n')
        .filter((line) => line.includes('scopeLookupUrl') && line.includes('"api":"looked"'));
    const failures = lines().length;
    await reload();
    await until(() => lines().length > failures && reloads() > before, 'the failure is logged, the reload done');
    expect(lines().at(-1)).toContain(`"fault":"${fault}"`);
    expect(await supported()).toEqual(['own', 'read', 'ship', 'plain', 'bare', 'sail']);
  });

  test('a process that starts while the service is down goes on by the last good answer', async () => {
    await installation.end('SIGTERM');
    await installation.start();
    expect(await supported()).toEqual(['own', 'read', 'ship', 'plain', 'bare', 'sail']);
    expect((await own('ship')).body.scope).toBe('ship');
    const begun = await installation.sql(`SELECT subject FROM audit_event WHERE kind = 'call-out-failed' AND subject = 'api:looked'`);
    // Once in a row of failures, in each process; the log has every one.
    const logged = installation
      .output()
      .split('\n')
      .filter((line) => line.includes('scopeLookupUrl') && line.includes('"api":"looked"'));
    expect([begun.length >= 2, begun.length < logged.length]).toEqual([true, true]);
  });

  test('while nobody ever said which scopes there are, nobody gets any: temporarily_unavailable; keys for all of the API work', async () => {
    const authorization = returned(await new WebSession().get(authorizeUrl(issuerOf(late), late, { scope: 'read' })));
    expect([authorization.error, authorization.state]).toEqual(['temporarily_unavailable', 'st']);
    const answer = await own('read', late);
    expect([answer.status, answer.body.error, answer.headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '5']);
    const device = await postForm(`${issuerOf(late)}/device_authorization`, { ...credentials(late), scope: 'read' });
    expect([device.status, device.body.error]).toEqual([503, 'temporarily_unavailable']);
    expect((await fetch(`${installation.urls.gateway}/late/demanding`, { headers: { 'x-apikey': 'robot-late-key' } })).status).toBe(200);
  });

  test('as soon as the service answers, its scopes are in force, without a reload', async () => {
    const before = reloads();
    lateListing = says({ read: { description: 'Read it' } });
    await until(async () => (await supported(late)).includes('read'), 'the scope is known');
    expect([(await own('read', late)).body.scope, reloads()]).toEqual(['read', before]);
  });
});
