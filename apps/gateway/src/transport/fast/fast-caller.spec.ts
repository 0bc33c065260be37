import { expect, test } from '@jest/globals';
import { RequestFields } from '../../headers/request-fields.js';
import { AnswerFields } from '../../http1/answer-fields.js';
import type { CallerListener } from '../caller.js';
import { type CallerConnection, type CarriedRequest, FastCaller } from './fast-caller.js';

test('BEHAVIOURS 64: a call is told once that it lasts, also where nobody listened yet in its second second', () => {
  const request = {
    method: 'GET',
    target: '/',
    plainPathEnd: 1,
    fields: [],
    readFields: () => new RequestFields(),
    field: () => undefined,
    close: false,
  };
  const caller = new FastCaller(request, { peer: '', secure: false, open: true } as CallerConnection);
  let told = 0;
  for (let second = 0; second < 3; second++) caller.tick();
  caller.listen({ onLasting: () => told++ } as unknown as CallerListener);
  for (let second = 0; second < 3; second++) caller.tick();
  expect(told).toBe(1);
});

test('a part is needed until the connection has been rid of it', () => {
  const connection = { peer: '', secure: false, open: true, lastAnswer: false, hasUnsent: false, cork() {}, uncork() {} };
  const writes = { writeText: () => true, writeBytes: () => true };
  const request = { method: 'GET', target: '/', fields: [], close: false } as unknown as CarriedRequest;
  const caller = new FastCaller(request, { ...writes, ...connection } as unknown as CallerConnection);
  caller.sendHead(200, 'OK', AnswerFields.ofFields(['Content-Length', '8']));
  caller.sendPart(Buffer.from('held'));
  expect(caller.keepsParts).toBe(true);
  caller.sendPart(Buffer.from('sent'));
  expect(caller.keepsParts).toBe(false);
});
