import { changed } from '../config-folder.js';
import { type Mistake, orders } from './mistake.js';

export const NOT_BUILT_YET: readonly Mistake[] = [
  ['bundle', orders('plans:', 'bundle: erp\nplans:'), 'apis/orders/api.yaml:4:9 bundle', 'bundles of APIs are not built yet; remove it'],
  [
    'an auth method of type saml',
    changed('auth-methods/local.yaml', 'type: local', 'type: saml'),
    'auth-methods/local.yaml:1:7 type',
    '"saml" is not built yet; remove the file, or use local',
  ],
];
