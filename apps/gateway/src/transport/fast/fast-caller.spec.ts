import { expect, test } from '@jest/globals';
import { RequestFields } from '../../headers/request-fields.js';
import type { CallerListener } from '../caller.js';
import { type CallerConnection, FastCaller } from './fast-caller.js';

test('BEHAVIOURS 64: a call is told once that it lasts, also where nobody listened yet in its second second', () => {
  const request = { method: 'GET', target: '/', fields: [], readFields: () => new RequestFields(), field: () => undefined, close: false };
  const caller = new FastCaller(request, { peer: '', secure: false, open: true } as CallerConnection);
  let told = 0;
  for (let second = 0; second < 3; second++) caller.tick();
  caller.listen({ onLasting: () => told++ } as unknown as CallerListener);
  for (let second = 0; second < 3; second++) caller.tick();
  expect(told).toBe(1);
});
