import { type Mistake, redirectTo, shop } from './mistake.js';

export const APPLICATION_MISTAKES: readonly Mistake[] = [
  [
    '3: a relative redirect URI',
    redirectTo('/callback'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    '"/callback" must be an absolute URI, such as https://shop.example.com/callback',
  ],
  [
    '3: a redirect URI with a fragment',
    redirectTo('https://a.example/#x'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    '"https://a.example/#x" has a fragment: remove the part from "#" on (RFC 6749 §3.1.2)',
  ],
  [
    '3: a redirect URI with a wildcard',
    redirectTo('https://*.example/'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    '"https://*.example/" has a wildcard: list every URI in full (RFC 9700 §2.1)',
  ],
  [
    '3: a redirect URI that runs a script',
    redirectTo('javascript:alert(1)'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    'the scheme javascript: may not receive codes: use https',
  ],
  [
    '3: a redirect URI that is data',
    redirectTo('DATA:text/html,x'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    'the scheme data: may not receive codes: use https',
  ],
  [
    'a redirect URI with a password',
    redirectTo('https://a:b@a.example/'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    'must not hold a user name or password: remove them',
  ],
  [
    '9700 §2.6: an unencrypted redirect URI',
    redirectTo('http://a.example/cb'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    '"http://a.example/cb" is not encrypted: use https; http is for localhost, 127.0.0.1 and [::1] (RFC 9700 §2.6)',
  ],
  [
    "a scheme of one's own on a server",
    redirectTo('com.example.app:/cb'),
    'applications/shop.yaml:3:16 redirectUris[0]',
    '"com.example.app:/cb" must begin with https: a scheme of one\'s own is for clientType public_native',
  ],
  [
    'a redirect URI twice',
    shop('[https', '[https://shop.example.com/callback, https'),
    'applications/shop.yaml:3:51 redirectUris[1]',
    '"https://shop.example.com/callback" stands here twice: remove one of them',
  ],
  [
    'no owner',
    shop('role: owner', 'role: reader'),
    'applications/shop.yaml:4:1 owners',
    'must have at least one person with the role owner',
  ],
  [
    'an owner twice',
    shop('owners:', 'owners:\n  - { email: Admin@example.com, role: owner }'),
    'applications/shop.yaml:6:14 owners[1].email',
    '"admin@example.com" stands here twice: keep one role for each person',
  ],
  [
    'an unknown API',
    shop('api: orders', 'api: order'),
    'applications/shop.yaml:7:10 subscriptions[0].api',
    'there is no API "order"; did you mean "orders"?',
  ],
  [
    'an open API',
    shop('api: orders', 'api: status'),
    'applications/shop.yaml:7:10 subscriptions[0].api',
    '"status" is open to everyone: remove this subscription',
  ],
  [
    'an API twice',
    shop('subscriptions:', 'subscriptions:\n  - { api: stock, plan: basic, apiKey: another-key }'),
    'applications/shop.yaml:12:10 subscriptions[2].api',
    'subscribes to "stock" twice: an application has one subscription for each API',
  ],
  [
    'a plan that the API does not list',
    shop('plan: basic', 'plan: gold'),
    'applications/shop.yaml:8:11 subscriptions[0].plan',
    'API "orders" does not list the plan "gold": use one of basic, or list it there',
  ],
  [
    'an unknown plan',
    shop('plan: basic', 'plan: silver'),
    'applications/shop.yaml:8:11 subscriptions[0].plan',
    'there is no plan "silver": declare it in plans/, or use one that is there',
  ],
  [
    'an allowed scope that the API lacks',
    shop('clientId:', 'allowedScopes: [write]\n    clientId:'),
    'applications/shop.yaml:9:21 subscriptions[0].allowedScopes[0]',
    'API "orders" has no scope "write": use read',
  ],
  [
    'a public client with a secret',
    shop('confidential', 'public_spa'),
    'applications/shop.yaml:10:19 subscriptions[0].clientSecret',
    'a public_spa client cannot keep a secret: remove this key, or set clientType to confidential',
  ],
  [
    'a confidential client without a secret',
    shop('    clientSecret: shop-secret-1\n', ''),
    'applications/shop.yaml:7:5 subscriptions[0].clientSecret',
    'is missing: a confidential client has one; give a variable such as "${SHOP_SECRET}", or set clientType to public_spa or public_native',
  ],
  [
    'a client id that could be a person',
    shop('clientId: shop-orders', 'clientId: 11111111-1111-4111-8111-111111111111'),
    'applications/shop.yaml:9:15 subscriptions[0].clientId',
    'has the form of the ids of people (a UUID): give another one',
  ],
  [
    'a subscription to an oauth2 API without client id',
    shop('    clientId: shop-orders\n    clientSecret: shop-secret-1\n', ''),
    'applications/shop.yaml:7:5 subscriptions[0].clientId',
    'is missing: API "orders" takes tokens, so give this client an id',
  ],
  [
    'a subscription to a key API without key',
    shop('    apiKey: shop-key-1\n', ''),
    'applications/shop.yaml:11:5 subscriptions[1].apiKey',
    'is missing: API "stock" takes keys, so give one, such as "${SHOP_KEY}"',
  ],
  [
    'a key for an oauth2 API',
    shop('clientId:', 'apiKey: another-key\n    clientId:'),
    'applications/shop.yaml:9:13 subscriptions[0].apiKey',
    'API "orders" takes no keys: remove this key, and give a clientId',
  ],
  [
    'a client of a key API',
    shop('apiKey:', 'clientId: x\n    apiKey:'),
    'applications/shop.yaml:13:15 subscriptions[1].clientId',
    'API "stock" takes no tokens: remove this key, and give an apiKey',
  ],
  [
    'a client id of two subscriptions',
    {
      'applications/other.yaml':
        'name: Other\nclientType: confidential\nsubscriptions:\n  - { api: orders, plan: basic, clientId: shop-orders, clientSecret: other-secret }\n',
    },
    'applications/shop.yaml:9:15 subscriptions[0].clientId',
    'is the same as in subscription 1 of application "other": each subscription has its own; change one of them',
  ],
  [
    'an API key of two subscriptions',
    {
      'applications/other.yaml':
        'name: Other\nclientType: confidential\nsubscriptions:\n  - { api: stock, plan: basic, apiKey: shop-key-1 }\n',
    },
    'applications/shop.yaml:13:13 subscriptions[1].apiKey',
    'is the same as in subscription 1 of application "other": each subscription has its own; change one of them',
  ],
  [
    'a public client without redirect URI',
    { 'applications/app.yaml': 'name: App\nclientType: public_native\nsubscriptions:\n  - { api: orders, plan: basic, clientId: app }\n' },
    'applications/app.yaml:1:1 redirectUris',
    'must list at least one URI: a public_native client gets its tokens by way of one',
  ],
  [
    '8252 §7.1: a scheme that is no domain name',
    { 'applications/app.yaml': 'name: App\nclientType: public_native\nredirectUris: ["myapp:/cb"]\n' },
    'applications/app.yaml:3:16 redirectUris[0]',
    'the scheme myapp: must be a reversed domain name, such as com.example.app: (RFC 8252 §7.1)',
  ],
];
