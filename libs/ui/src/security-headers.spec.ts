import { expect, test } from '@jest/globals';
import { securityHeaders } from './security-headers.js';

test('14: pages are not framed, leak no referrer and run no script but our own', () => {
  expect(securityHeaders()).toEqual({
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
  });
});

test('14: form-action is the caller’s, and a pop-up keeps its opener where it is allowed', () => {
  const headers = securityHeaders({ formAction: ["'self'", 'https://app.example'], popup: true });
  expect(headers['Content-Security-Policy']).toContain("form-action 'self' https://app.example");
  expect(headers['Cross-Origin-Opener-Policy']).toBe('unsafe-none');
});

test.each(["https://a.example; script-src 'unsafe-inline'", 'https://a.example,', 'a b', '', 'https://a.example\r\nX: y'])(
  '14: "%s" cannot write into the policy',
  (source) => {
    expect(() => securityHeaders({ formAction: [source] })).toThrow('content security policy');
  },
);
