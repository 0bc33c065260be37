import { expect, test } from '@jest/globals';
import { NO_COUNTERS, RecordedCall } from '../../test/recorded-call.js';
import { CorrelationIdConfig } from './correlation-id.config.js';
import { correlationId } from './correlation-id.js';

function run(sent: string | undefined, config: Partial<CorrelationIdConfig> = {}): RecordedCall {
  const call = new RecordedCall({}, sent === undefined ? {} : { 'x-correlation-id': sent });
  correlationId.compile(Object.assign(new CorrelationIdConfig(), config), { counters: NO_COUNTERS, scope: 'api:orders' }).request?.(call);
  return call;
}

test.each([
  ['a well-formed id of the client', 'abc-123', 'abc-123'],
  ['none', undefined, 'made-by-gateway'],
  ['one with a line break', 'abc\ndef', 'made-by-gateway'],
  ['one with a space', 'abc def', 'made-by-gateway'],
  ['one too long', 'a'.repeat(129), 'made-by-gateway'],
  ['an empty one', '', 'made-by-gateway'],
  ['a token of ours', 'gh_at_abc', 'made-by-gateway'],
  ['a JWT', 'eyJhbGciOiJub25lIn0.e30.', 'made-by-gateway'],
])('BEHAVIOURS 93: %s', (_, sent, expected) => {
  const call = run(sent);
  expect(call.correlationId).toBe(expected);
  expect(call.upstream).toEqual({ 'X-Correlation-Id': expected });
  expect(call.response).toEqual({ 'X-Correlation-Id': expected });
});

test('neither takes nor returns an id where it is told not to', () => {
  const call = run('abc-123', { acceptFromClient: false, echo: false });
  expect(call.upstream).toEqual({ 'X-Correlation-Id': 'made-by-gateway' });
  expect(call.response).toEqual({});
});
