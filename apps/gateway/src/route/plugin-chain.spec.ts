import { expect, test } from '@jest/globals';
import type { GatewayPlugin } from '#plugins/gateway-plugin.js';
import { mergePlugins, PluginCompiler } from './plugin-chain.js';

const entry = (name: string, config: object = {}) => ({ name, config });

test('of several entries for one plugin the narrower wins, whole: installation < API < route < plan', () => {
  const merged = mergePlugins([
    { name: 'installation', entries: [entry('rate-limiting', { hour: 1 }), entry('correlation-id')] },
    { name: 'api:orders', entries: [entry('rate-limiting', { hour: 2 }), entry('cors')] },
    { name: 'route:orders:0', entries: [entry('rate-limiting', { hour: 3 })] },
    { name: 'plan:basic', entries: [entry('rate-limiting', { minute: 4 })] },
  ]);
  expect(merged).toEqual([
    { entry: entry('correlation-id'), scope: 'installation' },
    { entry: entry('cors'), scope: 'api:orders' },
    { entry: entry('rate-limiting', { minute: 4 }), scope: 'plan:basic' },
  ]);
});

test('plugins run in the order of the one list, others after them as configured', () => {
  const entries = ['zeta', 'rate-limiting', 'alpha', 'cors', 'correlation-id'].map((name) => entry(name));
  expect(mergePlugins([{ name: 'installation', entries }]).map((merged) => merged.entry.name)).toEqual([
    'correlation-id',
    'cors',
    'rate-limiting',
    'zeta',
    'alpha',
  ]);
});

test('an entry is compiled once, however many chains it is in', () => {
  const scopes: string[] = [];
  const plugin: GatewayPlugin = {
    name: 'counting',
    configClass: Object,
    compile: (_config, { scope }) => {
      scopes.push(scope);
      return { access: () => undefined };
    },
  };
  const compiler = new PluginCompiler([plugin], { increment: () => ({ count: 0, resetMs: 0 }) });
  const levels = [{ name: 'api:orders', entries: [entry('counting')] }];
  expect(compiler.compileChain(levels).access).toHaveLength(1);
  compiler.compileChain(levels);
  expect(scopes).toEqual(['api:orders']);
});
