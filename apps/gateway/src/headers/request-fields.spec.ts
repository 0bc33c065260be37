import { describe, expect, test } from '@jest/globals';
import { usedMemory } from '../../test/used-memory.js';
import { RequestFieldNames } from './request-field.js';
import { readRequestFields } from './request-fields.js';
import { classifyResponseField } from './response-field.js';

const names = new RequestFieldNames('x-apikey');
const kept = (...raw: string[]): readonly string[] => readRequestFields(raw, names).kept.fields;

describe('BEHAVIOURS 70: no spelling of a name of ours passes', () => {
  test.each([
    'X-Consumer-Id',
    'x-consumer-id',
    'X_Consumer_Id',
    'X-Consumer_ID',
    'x.consumer.id',
    'X-Consumer-Username',
    'X-Consumer-Custom-Id',
    'X-Consumer-Groups',
    'X-Credential-Identifier',
    'X_CREDENTIAL_IDENTIFIER',
    'X-Authenticated-Userid',
    'X-Authenticated_Scope',
    'X-Authenticated-Anything',
    'X-Plan-Id',
    'X~Plan~Id',
    'X-Correlation-Id',
    'X_Forwarded_For',
    'X-Forwarded-User',
    'X-Real-IP',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X_ApiKey',
    'Content_Length',
    'Transfer_Encoding',
  ])('%s', (name) => {
    expect(kept('Accept', '*/*', name, 'forged', name, 'twice')).toEqual(['Accept', '*/*']);
  });

  test.each(['Consumer-Id', 'X-Consumers', 'X-Plan', 'X-Api', 'Cookie', 'X_Trace', 'X-Trace-Parent'])('%s is not ours', (name) => {
    expect(kept(name, 'v')).toEqual([name, 'v']);
  });
});

test('BEHAVIOURS 68: hop-by-hop fields stay on their hop', () => {
  const hops = ['Keep-Alive', 'Proxy-Connection', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'Proxy-Authorization', 'Connection'];
  expect(kept(...hops.flatMap((name) => [name, 'x']), 'Accept', '*/*')).toEqual(['Accept', '*/*']);
});

test('BEHAVIOURS 68: so do those that Connection lists, over several lines and in any case', () => {
  expect(kept('Foo', '1', 'Connection', 'close, FOO', 'bar', '2', 'Connection', 'Bar', 'Baz', '3')).toEqual(['Baz', '3']);
});

test('BEHAVIOURS 77: order, case and copies of the others stay', () => {
  expect(kept('Cookie', 'a=1', 'x-B', '1', 'Cookie', 'b=2', 'X-b', '2')).toEqual([
    'Cookie',
    'a=1',
    'x-B',
    '1',
    'Cookie',
    'b=2',
    'X-b',
    '2',
  ]);
});

test.each([
  [[], false],
  [['Content-Length', '0'], false],
  [['Content-Length', '5'], true],
  [['Transfer-Encoding', 'chunked'], true],
])('a body is told by its framing: %j', (raw, hasBody) => {
  expect(readRequestFields(raw as string[], names).hasBody).toBe(hasBody);
});

test('RFC 9110 §7.6.1: a trace that Connection names is for this connection alone', () => {
  const read = (connection: string) =>
    readRequestFields(['traceparent', '00-a-b-01', 'tracestate', 'v=1', 'Connection', connection], new RequestFieldNames('x-apikey'));
  expect(read('keep-alive')).toMatchObject({ traceparent: '00-a-b-01', tracestate: 'v=1' });
  expect(read('close, TraceParent')).toMatchObject({ traceparent: undefined, tracestate: undefined });
});

test('a name that is remembered holds nothing of the message that it came in', () => {
  const before = usedMemory();
  const invented = new RequestFieldNames('x-apikey');
  for (let i = 0; i < 1_000; i++) {
    const head = Buffer.alloc(16_384, `X-Invented-Name-${i}: secret\r\n`).toString('latin1');
    invented.classify(head.slice(0, head.indexOf(':')));
    classifyResponseField(head.slice(0, head.indexOf(':')));
  }
  expect(usedMemory() - before).toBeLessThan(4_000_000);
  expect(invented.classify('X-Invented-Name-1')).toBe(0);
});
