import { describe, expect, test } from '@jest/globals';
import type { Client } from '#persistence/subscription/client.store.js';
import { hashToken } from '#secrets/token.js';
import { decideClient } from './client-authentication.js';

const confidential: Client = {
  clientId: 'shop',
  subscriptionId: 's',
  applicationId: 'a',
  applicationName: 'Shop',
  clientType: 'confidential',
  redirectUris: [],
  apiId: 'orders',
  trusted: false,
  allowedScopes: null,
  status: 'approved',
  applicationBlocked: false,
  secretHashes: [hashToken('one'), hashToken('two')],
};
const spa: Client = { ...confidential, clientType: 'public_spa', secretHashes: [] };

describe('23, 24: client authentication', () => {
  test.each<[string, Client, string | null]>([
    ['a secret', confidential, 'one'],
    ['its other secret', confidential, 'two'],
    ['a public client by its id alone', spa, null],
  ])('%s', (_, client, secret) => {
    expect(decideClient(client, 'orders', secret)).toEqual({ authenticated: true, client });
  });

  test.each<[Client | null, string, string | null, string]>([
    [null, 'orders', 'one', 'unknown-client'],
    [confidential, 'reports', 'one', 'unknown-client'],
    [confidential, 'orders', 'three', 'wrong-secret'],
    [confidential, 'orders', '', 'wrong-secret'],
    [confidential, 'orders', null, 'secret-missing'],
    [{ ...confidential, secretHashes: [] }, 'orders', 'nobody has this secret', 'wrong-secret'],
    [spa, 'orders', 'nobody has this secret', 'secret-unexpected'],
  ])('%#: refused', (client, api, secret, reason) => {
    expect(decideClient(client, api, secret)).toEqual({ authenticated: false, reason, ...(reason === 'unknown-client' ? {} : { client }) });
  });
});
