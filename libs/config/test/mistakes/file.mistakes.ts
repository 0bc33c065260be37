import type { Mistake } from './mistake.js';

export const FILE_MISTAKES: readonly Mistake[] = [
  [
    'no gatehouse.yaml',
    { 'gatehouse.yaml': null },
    'gatehouse.yaml:1:1',
    'is missing: every config folder has one; begin with `title: My APIs`',
  ],
  [
    'a stray file',
    { 'gatehose.yaml': 'title: x\n' },
    'gatehose.yaml:1:1',
    'no such file is known here: remove it; known are gatehouse.yaml, groups.yaml and a logo',
  ],
  [
    'a stray folder',
    { 'plan/basic.yaml': 'name: x\n' },
    'plan:1:1',
    'no such folder is known: remove it; known are apis, applications, auth-methods, plans, pools',
  ],
  [
    'a file of another kind',
    { 'plans/basic.txt': '' },
    'plans/basic.txt:1:1',
    'only .yaml, .yml and .json files belong here: remove it or rename it',
  ],
  ['an API that is no folder', { 'apis/orders.yaml': '' }, 'apis/orders.yaml:1:1', 'an API is a folder: put this into apis/<id>/api.yaml'],
  [
    'an API folder without api.yaml',
    { 'apis/empty/description.md': '' },
    'apis/empty/api.yaml:1:1',
    'is missing: an API is declared in this file',
  ],
  [
    'a stray file of an API',
    { 'apis/orders/routes.yaml': '' },
    'apis/orders/routes.yaml:1:1',
    'does not belong here: an API has api.yaml, description.md and openapi.yaml; remove it',
  ],
  [
    'an id in capitals',
    { 'plans/Gold.yaml': 'name: Gold\n' },
    'plans/Gold.yaml:1:1',
    '"Gold" is no valid id: an id is 1 to 50 of a-z, 0-9, "-" and "_", beginning with a letter or digit; rename it',
  ],
  [
    'one id in two files',
    { 'plans/basic.json': '{"name": "Basic"}' },
    'plans/basic.yaml:1:1',
    'declares the same as plans/basic.json: remove one of them',
  ],
  [
    'an image that nothing names',
    { 'photo.png': '' },
    'photo.png:1:1',
    'nothing refers to this image: name it as portal.theme.logo in gatehouse.yaml, or remove it',
  ],
  ["a plugin of one's own", { 'plugins/mine.js': '' }, 'plugins/mine.js:1:1', 'plugins of your own are not built yet; remove it'],
  [
    'a broken openapi.yaml',
    { 'apis/orders/openapi.yaml': 'hello' },
    'apis/orders/openapi.yaml:1:1',
    'must be an OpenAPI document: a map with the key openapi or swagger',
  ],
];
