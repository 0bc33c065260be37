import { expect, test } from '@jest/globals';
import { claimsOf } from './claims-of.js';

const ada = { id: 'u1', email: 'ada@example.com', emailVerified: true };
const registration = {
  name: 'Ada Lovelace',
  phone_number: '+44 20',
  phone_number_verified: 'yes',
  updated_at: 'today',
  address: '12 St James Square, London',
  employee_no: 7,
  nickname: '',
  sub: 'someone-else',
  email: 'other@example.com',
};
const EMAIL = { email: 'ada@example.com', email_verified: true };

test.each<[string, Record<string, unknown>]>([
  ['', {}],
  ['email profile', {}],
  ['openid', { sub: 'u1' }],
  ['openid email', { sub: 'u1', ...EMAIL }],
  ['openid profile', { sub: 'u1', name: 'Ada Lovelace', employee_no: 7 }],
  ['openid phone', { sub: 'u1', phone_number: '+44 20' }],
  ['openid address', { sub: 'u1', address: { formatted: '12 St James Square, London' } }],
  [
    'openid profile email phone address',
    {
      sub: 'u1',
      ...EMAIL,
      name: 'Ada Lovelace',
      phone_number: '+44 20',
      address: { formatted: '12 St James Square, London' },
      employee_no: 7,
    },
  ],
])('OIDC Core §5.1.1, §5.4, W6: scopes %j: their claims, and never one that is not for the form to say', (scopes, claims) => {
  expect(claimsOf(ada, registration, scopes.split(' '))).toEqual(claims);
});

test('without a registration', () => {
  expect(claimsOf(ada, null, ['openid', 'profile'])).toEqual({ sub: 'u1' });
});
