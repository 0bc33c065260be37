import { expect, jest, test } from '@jest/globals';
import type { GatewayPlugin } from '#plugins/gateway-plugin.js';
import { ProxiedExchange } from './proxied-exchange.js';

type ResponseHook = NonNullable<ReturnType<GatewayPlugin['compile']>['response']>;

/** A call of which no target can be asked, with one response hook. */
function unservedCall(hook: ResponseHook) {
  const statuses: number[] = [];
  const call = {
    apiId: 'orders',
    correlationId: 'c1',
    status: 0,
    responseEdits: null,
    chain: { request: [], access: [], response: [hook], log: [] },
    route: { maxBodySize: 0, api: { retries: 0, totalTimeout: 0, targets: { pick: () => null, returnsIn: 5 } } },
    table: { recorder: { end: () => undefined } },
    caller: { answer: (status: number) => void statuses.push(status) },
  };
  const error = jest.fn();
  const start = () => new ProxiedExchange(call as never, { logger: { error } as never, longCalls: {} as never }).start();
  return { start, statuses, error };
}

test('an answer of the gateway’s own goes through the response hooks', () => {
  const { start, statuses } = unservedCall(() => undefined);
  start();
  expect(statuses).toEqual([503]);
});

test.each<[string, ResponseHook]>([
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
  ['rejects', () => Promise.reject(new Error('broken'))],
])('a response hook that %s while nobody waits for the answer ends the call by a 500, not the process', async (_, hook) => {
  const { start, statuses, error } = unservedCall(hook);
  start();
  await new Promise((done) => setImmediate(done));
  expect(statuses).toEqual([500]);
  expect(error).toHaveBeenCalledTimes(1);
});
