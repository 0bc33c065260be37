import { describe, expect, test } from '@jest/globals';
import { sampleApi, samplePlan, sampleSnapshot } from '../../test/sample-snapshot.js';
import { apiPage } from './api.page.js';
import { apisPage } from './apis.page.js';
import { homePage } from './home.page.js';

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
const none = { method: '', client: '' };

describe('98: whatever a config folder says is text', () => {
  const api = sampleApi({
    name: EVIL,
    summary: EVIL,
    description: EVIL,
    tags: [EVIL],
    oauth2: { ...sampleApi().oauth2!, scopes: new Map([[EVIL, EVIL]]) },
    routes: [{ ...sampleApi().routes[0]!, paths: [`/${EVIL}`], scopes: [EVIL] }],
    group: 'evil',
    partner: true,
  });
  const plain = sampleSnapshot([api]);
  const snapshot = {
    ...plain,
    title: EVIL,
    groups: new Map([['evil', { id: 'evil', name: EVIL, admin: false, approver: false, aliases: [] }]]),
    plans: new Map([['basic', samplePlan({ name: EVIL, description: EVIL, group: 'evil' })]]),
    authMethods: new Map([...plain.authMethods].map(([id, method]) => [id, { ...method, name: EVIL, description: EVIL }])),
  };
  test.each([
    ['home', () => homePage(snapshot)],
    ['APIs', () => apisPage(snapshot, { text: EVIL, tag: EVIL })],
    ['API', () => apiPage(snapshot, api, { method: EVIL, client: EVIL })],
    ['API for public clients', () => apiPage(snapshot, api, { method: 'corporate', client: 'public' })],
  ])('on the page %s', (_name, page) => {
    const html = page();
    expect(html).toContain('&lt;script>');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<img');
  });
});

test('G: the page has every public auth method’s URLs and none of a protected one', () => {
  const html = apiPage(sampleSnapshot(), sampleApi(), none);
  for (const id of ['local', 'corporate']) {
    for (const end of ['authorize', 'token']) expect(html).toContain(`>http://localhost:8010/${id}/api/orders/${end}</code>`);
    expect(html).toContain(`>http://localhost:8010/.well-known/oauth-authorization-server/${id}/api/orders</code>`);
  }
  expect(html).not.toContain('staff');
  expect(html).not.toContain('Staff');
  expect(html).toContain('>http://localhost:8000/orders/v1</code>');
  expect(html).toContain('Works for 1 hour');
  expect(html).toContain('Works once, for 14 days');
  expect(html).toContain('100 calls an hour');
  expect(html).toContain('Place and change orders');
});

test('G: the chosen auth method and kind of client decide on the commands', () => {
  const secret = apiPage(sampleSnapshot(), sampleApi(), none);
  expect(secret).toContain('client_secret');
  expect(secret).not.toContain('code_challenge');
  const pkce = apiPage(sampleSnapshot(), sampleApi(), { method: 'corporate', client: 'public' });
  expect(pkce).toContain('corporate/api/orders/authorize?response_type=code');
  expect(pkce).toContain('code_challenge_method=S256');
  expect(pkce).not.toContain('client_secret');
});

test('G: an API with client credentials shows how a machine gets its token; one without does not', () => {
  const machine = { method: '', client: 'machine' };
  const oauth2 = { ...sampleApi().oauth2!, grants: ['client_credentials'] as const };
  const html = apiPage(sampleSnapshot(), sampleApi({ oauth2 }), none);
  expect(html).toContain('&quot;grant_type&quot;: &quot;client_credentials&quot;');
  expect(html).not.toContain('REDIRECT_URI');
  expect(apiPage(sampleSnapshot(), sampleApi(), machine)).not.toContain('client_credentials');
});

test('G: an API without refresh tokens shows no refresh', () => {
  const html = apiPage(sampleSnapshot(), sampleApi({ oauth2: { ...sampleApi().oauth2!, grants: ['authorization_code'] } }), none);
  expect(html).not.toContain('REFRESH_TOKEN');
});

test('an API by key and an open one show what they need and no more', () => {
  const key = apiPage(sampleSnapshot(), sampleApi({ auth: ['key-auth'], oauth2: null, authMethods: [] }), none);
  expect(key).toContain('x-apikey: $API_KEY');
  expect(key).not.toContain('Token URL');
  const open = apiPage(sampleSnapshot(), sampleApi({ auth: [], oauth2: null, authMethods: [], plans: [] }), none);
  expect(open).toContain('open to everyone');
  expect(open).not.toContain('API_KEY');
  expect(open).not.toContain('id="plans"');
});

test('a deprecated API says so before anything else', () => {
  const html = apiPage(sampleSnapshot(), sampleApi({ deprecated: true }), none);
  expect(html.indexOf('This API is deprecated')).toBeLessThan(html.indexOf('Endpoint URL'));
  expect(html).toContain('This API is deprecated');
});

test('links to within the page lead somewhere, and no id stands twice', () => {
  const html = apiPage(sampleSnapshot(), sampleApi({ auth: ['oauth2', 'key-auth'], description: 'x', openapi: 'paths: {}' }), none);
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});
