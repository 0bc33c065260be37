import { changed } from '../config-folder.js';
import { type Mistake, orders } from './mistake.js';

export const REFERENCE_MISTAKES: readonly Mistake[] = [
  [
    'a pool that is not there',
    { ...orders('plans:', 'registrationPool: custmers\nplans:'), 'pools/customers.yaml': 'name: Customers\n' },
    'apis/orders/api.yaml:4:19 registrationPool',
    'there is no pool "custmers"; did you mean "customers"?',
  ],
  [
    'a pool of an API without oauth2',
    { ...changed('apis/stock/api.yaml', 'plans:', 'registrationPool: customers\nplans:'), 'pools/customers.yaml': 'name: Customers\n' },
    'apis/stock/api.yaml:3:19 registrationPool',
    'stands only where auth has oauth2: remove it, or add oauth2 to auth',
  ],
  [
    "a claim that is not the form's",
    { 'pools/customers.yaml': 'name: Customers\nproperties:\n  - { id: mail, oidcClaim: email }\n' },
    'pools/customers.yaml:3:28 properties[0].oidcClaim',
    'the claim "email" is not the form\'s to say: choose another',
  ],
  [
    'a property twice',
    { 'pools/customers.yaml': 'name: Customers\nproperties:\n  - { id: name }\n  - { id: name }\n' },
    'pools/customers.yaml:4:11 properties[1].id',
    '"name" is declared twice: remove one of them',
  ],
  [
    'lengths that nothing has',
    { 'pools/customers.yaml': 'name: Customers\nproperties:\n  - { id: name, minLength: 300 }\n' },
    'pools/customers.yaml:3:28 properties[0].minLength',
    'is greater than maxLength (255): nothing would do',
  ],
  [
    'an unknown plan of an API',
    orders('[basic]', '[basic, golf]'),
    'apis/orders/api.yaml:4:16 plans[1]',
    'there is no plan "golf"; did you mean "gold"?',
  ],
  [
    'a plan twice',
    orders('[basic]', '[basic, basic]'),
    'apis/orders/api.yaml:4:16 plans[1]',
    '"basic" stands in this list twice: remove one of them',
  ],
  [
    'an unknown auth method',
    orders('[local]', '[corporate]'),
    'apis/orders/api.yaml:3:15 authMethods[0]',
    'there is no auth method "corporate": declare it in auth-methods/, or use one that is there',
  ],
  [
    'an unknown group of an API',
    orders('plans:', 'group: staff\nplans:'),
    'apis/orders/api.yaml:4:8 group',
    'there is no group "staff": declare it in groups.yaml, or use one that is there',
  ],
  [
    'an unknown group of a plan',
    changed('plans/gold.yaml', 'Gold', 'Gold\ngroup: partner'),
    'plans/gold.yaml:2:8 group',
    'there is no group "partner"; did you mean "partners"?',
  ],
  [
    'an unknown group of a user',
    changed('gatehouse.yaml', '[admin]', '[admins]'),
    'gatehouse.yaml:7:14 initialUsers[0].groups[0]',
    'there is no group "admins"; did you mean "admin"?',
  ],
  [
    'an unknown auth method of the portal',
    changed('gatehouse.yaml', '[local]', '[lokal]'),
    'gatehouse.yaml:3:17 portal.authMethods[0]',
    'there is no auth method "lokal"; did you mean "local"?',
  ],
  [
    'a logo that is not there',
    changed('gatehouse.yaml', 'authMethods: [local]', 'theme: { logo: logo.svg }'),
    'gatehouse.yaml:3:18 portal.theme.logo',
    'there is no file "logo.svg" beside gatehouse.yaml: put it there, or remove this key',
  ],
  [
    'an unknown scope of a route',
    orders('[/orders]', '[/orders]\n    scopes: [reed]'),
    'apis/orders/api.yaml:11:14 routes[0].scopes[0]',
    'the API has no scope "reed"; did you mean "read"?',
  ],
  [
    'a user twice',
    changed('gatehouse.yaml', 'initialUsers:', 'initialUsers:\n  - { email: ADMIN@example.com, password: x }'),
    'gatehouse.yaml:6:12 initialUsers[1].email',
    '"admin@example.com" is declared twice: remove one of them',
  ],
];
