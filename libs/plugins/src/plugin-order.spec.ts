import { expect, test } from '@jest/globals';
import { gatewayPlugins } from './index.js';
import { PLUGIN_ORDER } from './plugin-order.js';

test('the order of plugins is this list and no other', () => {
  expect(PLUGIN_ORDER).toEqual(['correlation-id', 'cors', 'rate-limiting']);
});

test('every plugin that comes with Gatehouse has its place in the order', () => {
  expect(gatewayPlugins.map((plugin) => plugin.name).sort()).toEqual([...PLUGIN_ORDER].sort());
});
