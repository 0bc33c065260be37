import { expect, test } from '@jest/globals';
import { RequestFields } from '../headers/request-fields.js';
import { GatewayCall } from './gateway-call.js';

const made = (): GatewayCall => {
  const table = { trustedProxies: { empty: true }, recorder: { begin: () => null } };
  return new GatewayCall({ method: 'GET', peer: '::1', secure: false, readFields: () => new RequestFields() } as never, table as never);
};

/** What is behind a body that is longer than its length says would be read as another answer. */
test.each(['Content-Length', 'transfer-encoding', 'CONNECTION', 'Host', 'Trailer', 'A: 1\r\nB', 'a b', ''])(
  'RFC 9112 §6: a plugin cannot set %j, neither towards the upstream nor the client',
  (name) => {
    const call = made();
    expect(() => call.setUpstreamHeader(name, '4')).toThrow(TypeError);
    expect(() => call.setResponseHeader(name, '4')).toThrow(TypeError);
    expect(() => call.appendResponseHeader(name, '4')).toThrow(TypeError);
    expect(call).toMatchObject({ upstreamFields: null, responseEdits: null });
  },
);

test('a correlation id goes into heads as it is, and so must be what a field may hold', () => {
  const call = made();
  expect(() => {
    call.correlationId = 'a\r\nB: 1';
  }).toThrow(TypeError);
  call.correlationId = 'mine';
  call.setUpstreamHeader('X-Correlation-Id', 'mine');
  expect(call).toMatchObject({ correlationId: 'mine', correlationIdGiven: true, upstreamFields: null });
});
