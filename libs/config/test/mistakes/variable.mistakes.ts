import { installation, type Mistake, shop } from './mistake.js';

export const VARIABLE_MISTAKES: readonly Mistake[] = [
  [
    'a missing variable',
    installation('apiKeyHeader: "${KEY_HEADER}"'),
    'gatehouse.yaml:2:15 apiKeyHeader',
    'the variable KEY_HEADER is not set: set it, or give a default with ${KEY_HEADER:-…}',
  ],
  [
    'a missing secret file',
    shop('shop-secret-1', '"${file:/nowhere/secret}"'),
    'applications/shop.yaml:10:19 subscriptions[0].clientSecret',
    'the file /nowhere/secret does not exist: make it, or name another in ${file:…}',
  ],
  [
    'a relative secret file',
    shop('shop-secret-1', '"${file:secret}"'),
    'applications/shop.yaml:10:19 subscriptions[0].clientSecret',
    '"${file:secret}" must name an absolute path, such as ${file:/run/secrets/name}',
  ],
  [
    'an unclosed variable',
    installation('apiKeyHeader: "${KEY"'),
    'gatehouse.yaml:2:15 apiKeyHeader',
    '"${" is not closed by "}": close it, or write $${ for a plain "${"',
  ],
  [
    'no name of a variable',
    installation('apiKeyHeader: "${1-2}"'),
    'gatehouse.yaml:2:15 apiKeyHeader',
    '"${1-2}" is no variable: write ${NAME}, ${NAME:-default} or ${file:/path}, or $${ for a plain "${"',
  ],
];
