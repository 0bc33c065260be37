import { expect, test } from '@jest/globals';
import { sampleApi, sampleSnapshot } from '../../test/sample-snapshot.js';
import { exampleCallOf } from './example-call.js';

const [route] = sampleApi().routes;
const call = (over: Parameters<typeof sampleApi>[0]) => exampleCallOf(sampleSnapshot(), sampleApi(over));

test('G: without an OpenAPI document the address itself is called', () => {
  expect(call({})).toEqual({ url: 'http://localhost:8000/orders/v1', method: 'GET' });
});

test.each([
  ['paths:\n  /orders/{id}: { get: {} }\n  /orders: { post: {} }\n  /stock: { get: {} }', '/stock'],
  ['paths:\n  /a: { get: { parameters: [{ name: q, in: query, required: true }] } }\n  /b: { get: {} }', '/b'],
  ['paths:\n  /a: { parameters: [{ name: q, required: true }], get: {} }', ''],
  ['paths:\n  /: { get: {} }', ''],
  ['paths: 3', ''],
  ['{{{ not yaml', ''],
  ["paths:\n  /it's/$(id): { get: {} }", ''],
])('G: of the document %j the path "%s" is called', (openapi, path) => {
  expect(call({ openapi })?.url).toBe(`http://localhost:8000/orders/v1${path}`);
});

test('G: a route that can be read is preferred; otherwise its own method is used', () => {
  const post = { ...route!, paths: ['/p'], methods: ['POST'] };
  expect(call({ routes: [post, { ...route!, paths: ['/g'], methods: ['GET', 'PUT'] }] })).toEqual({
    url: 'http://localhost:8000/g',
    method: 'GET',
  });
  expect(call({ routes: [post] })).toEqual({ url: 'http://localhost:8000/p', method: 'POST' });
  expect(call({ routes: [] })).toBeNull();
});
