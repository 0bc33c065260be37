import { changed } from '../config-folder.js';
import { type Mistake, orders } from './mistake.js';

export const API_MISTAKES: readonly Mistake[] = [
  [
    'a route taken by another API',
    orders('[/orders]', '[/status/]'),
    'apis/status/api.yaml:6:13 routes[0].paths[0]',
    '"/status" is taken by route 1 of API "orders" already: change the path, hosts or methods of one of them',
  ],
  [
    'a route taken by the same API',
    orders('[/orders]', '[/orders]\n    methods: [GET]\n  - paths: [/orders]\n    methods: [POST, GET]'),
    'apis/orders/api.yaml:12:13 routes[1].paths[0]',
    '"/orders" is taken by route 1 of API "orders" already: change the path, hosts or methods of one of them',
  ],
  [
    'a route for some methods beside one for all',
    orders('[/orders]', '[/orders]\n  - paths: [/orders]\n    methods: [POST]'),
    'apis/orders/api.yaml:11:13 routes[1].paths[0]',
    '"/orders" is taken by route 1 of API "orders" already: change the path, hosts or methods of one of them',
  ],
  [
    'a route that the gateway itself answers',
    orders('[/orders]', '[/.well-known/oauth-protected-resource/x]'),
    'apis/orders/api.yaml:10:13 routes[0].paths[0]',
    '"/.well-known/oauth-protected-resource/x" is answered by the gateway itself: choose another',
  ],
  [
    'an oauth2 block without oauth2',
    changed('apis/stock/api.yaml', 'plans:', 'oauth2: { scopes: { a: b } }\nplans:'),
    'apis/stock/api.yaml:3:1 oauth2',
    'stands only where auth has oauth2: remove it, or add oauth2 to auth',
  ],
  [
    'auth methods without oauth2',
    changed('apis/stock/api.yaml', 'plans:', 'authMethods: [local]\nplans:'),
    'apis/stock/api.yaml:3:1 authMethods',
    'stands only where auth has oauth2: remove it, or add oauth2 to auth',
  ],
  [
    'route scopes without oauth2',
    changed('apis/stock/api.yaml', '[/stock]', '[/stock]\n    scopes: [read]'),
    'apis/stock/api.yaml:8:5 routes[0].scopes',
    'only tokens have scopes: remove this key, or add oauth2 to auth',
  ],
  [
    'oauth2 without an auth method',
    orders('authMethods: [local]\n', ''),
    'apis/orders/api.yaml:1:1 authMethods',
    'must list at least one auth method: its id is part of the URLs where clients get tokens',
  ],
  [
    'no auth method that is enabled',
    changed('auth-methods/local.yaml', 'name:', 'enabled: false\nname:'),
    'apis/orders/api.yaml:3:1 authMethods',
    'lists only auth methods that are not enabled: enable one, or list another',
  ],
  [
    'a scope with a space',
    orders('read:', '"read all":'),
    'apis/orders/api.yaml:6:25 oauth2.scopes["read all"]',
    'a scope is 1 to 100 visible ASCII characters without spaces, \'"\' and "\\": rename it',
  ],
  [
    'a scope that looks like a group',
    orders('read:', '"wicked:admin":'),
    'apis/orders/api.yaml:6:29 oauth2.scopes["wicked:admin"]',
    'scopes that begin with "wicked:" stand for groups: rename it',
  ],
  [
    'a scope without description',
    orders('Read orders', '""'),
    'apis/orders/api.yaml:6:19 oauth2.scopes.read',
    'must have a description: the consent page shows it',
  ],
  [
    'a mandatory scope where there is none',
    orders('scopes: { read: Read orders }', 'mandatoryScope: true'),
    'apis/orders/api.yaml:6:19 oauth2.mandatoryScope',
    'demands a scope, but there are none: declare scopes, or remove this key',
  ],
  [
    'an API that nobody can subscribe to',
    changed('apis/stock/api.yaml', 'plans: [basic]\n', ''),
    'apis/stock/api.yaml:1:1 plans',
    'must list at least one plan: without one nobody can subscribe',
  ],
  [
    'plans of an open API',
    changed('apis/status/api.yaml', 'auth: none', 'auth: none\nplans: [basic]'),
    'apis/status/api.yaml:3:1 plans',
    'an API with auth none is open to everyone and has no subscriptions: remove this key, or set auth',
  ],
  [
    'partner without group',
    orders('plans:', 'partner: true\nplans:'),
    'apis/orders/api.yaml:4:10 partner',
    'partner needs a group: name the group whose members may subscribe, or remove this key',
  ],
  [
    'a WebSocket origin with a path',
    orders('upstream:', 'webSocket: { origins: ["https://app.example.com/"] }\nupstream:'),
    'apis/orders/api.yaml:7:24 webSocket.origins[0]',
    'must be an origin such as https://app.example.com, in lower case and without a path, or "*", not "https://app.example.com/"',
  ],
  [
    'a WebSocket that may be silent for no time',
    orders('upstream:', 'webSocket: { idleTimeout: 1s }\nupstream:'),
    'apis/orders/api.yaml:7:27 webSocket.idleTimeout',
    'must be from 2s to 1d, not "1s"',
  ],
  [
    'a size without a unit that is known',
    orders('upstream:', 'maxBodySize: 10m\nupstream:'),
    'apis/orders/api.yaml:7:14 maxBodySize',
    'must be a size: bytes as a whole number, or such as 64kb, 10mb, 2gb; not "10m"',
  ],
  [
    'a size of nothing',
    orders('upstream:', 'maxBodySize: 0\nupstream:'),
    'apis/orders/api.yaml:7:14 maxBodySize',
    'must be from 1b to 100gb, not the number 0',
  ],
];
