import { changed } from '../config-folder.js';
import type { Mistake } from './mistake.js';

export const EXTENSION_MISTAKES: readonly Mistake[] = [
  [
    'an unknown plugin',
    changed('plans/basic.yaml', 'rate-limiting', 'rate-limitting'),
    'plans/basic.yaml:3:13 plugins[0].name',
    '"rate-limitting" is no plugin of this version; did you mean "rate-limiting"?',
  ],
  [
    'an unknown key of a plugin',
    changed('plans/basic.yaml', 'hour:', 'hours:'),
    'plans/basic.yaml:3:38 plugins[0].config.hours',
    'is not a known key; did you mean "hour"?',
  ],
  [
    'a wrong value of a plugin',
    changed('plans/basic.yaml', '100', '-1'),
    'plans/basic.yaml:3:44 plugins[0].config.hour',
    'must be a whole number of calls from 1 to 1000000000; name at least one of second, minute, hour, day',
  ],
  [
    'a plugin twice',
    changed('plans/basic.yaml', '100 } }', '100 } }\n  - { name: rate-limiting, config: { day: 5 } }'),
    'plans/basic.yaml:4:13 plugins[1].name',
    '"rate-limiting" stands in this list twice: remove one of them',
  ],
  [
    'an unknown type of auth method',
    changed('auth-methods/local.yaml', 'type: local', 'type: loacl'),
    'auth-methods/local.yaml:1:7 type',
    '"loacl" is no type of auth method; did you mean "local"?',
  ],
  [
    'an unknown key of an auth method',
    changed('auth-methods/local.yaml', 'name:', 'config: { trust: true }\nname:'),
    'auth-methods/local.yaml:2:11 config.trust',
    'is not a known key: remove it; known are disableSignup, trustUsers',
  ],
];
