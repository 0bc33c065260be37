import { expect, test } from '@jest/globals';
import { hostName, type MatchableRoute, RouteMatcher } from './route-matcher.js';

interface NamedRoute extends MatchableRoute {
  readonly name: string;
}
const route = (name: string, paths: string[], more: Partial<MatchableRoute> = {}): NamedRoute => ({
  name,
  paths,
  methods: [],
  hosts: [],
  ...more,
});

const matcher = new RouteMatcher([
  route('root', ['/']),
  route('api1', ['/api1']),
  route('api1 admin', ['/api1/admin'], { methods: ['GET'] }),
  route('two paths', ['/x', '/y/z']),
  route('read', ['/m'], { methods: ['GET'] }),
  route('write', ['/m'], { methods: ['POST', 'PUT'] }),
  route('any host', ['/h']),
  route('a host', ['/h'], { hosts: ['a.example'] }),
  route('b only', ['/only'], { hosts: ['b.example'] }),
]);

test.each([
  ['/', 'root'],
  ['/api1', 'api1'],
  ['/api1/', 'api1'],
  ['/api1/a/b', 'api1'],
  ['/api10', 'root'],
  ['/api', 'root'],
  ['/API1', 'root'],
  ['/api1/admin', 'api1 admin'],
  ['/api1/admin/x', 'api1 admin'],
  ['/api1/administrator', 'api1'],
  ['//api1', 'root'],
  ['/api1;a=b', 'root'],
  ['/x/y', 'two paths'],
  ['/y/z', 'two paths'],
  ['/y', 'root'],
  [`/${'long/'.repeat(500)}`, 'root'],
])('BEHAVIOURS 75: %s goes to %s', (path, name) => {
  expect(matcher.match(path, 'gw', 'GET')).toMatchObject({ matched: true, route: { name } });
});

test('the part of the path that was matched is told', () => {
  expect(matcher.match('/api1/a', 'gw', 'GET')).toMatchObject({ prefix: '/api1' });
  expect(matcher.match('/other', 'gw', 'GET')).toMatchObject({ prefix: '' });
});

test.each([
  ['GET', { matched: true, route: { name: 'read' } }],
  ['HEAD', { matched: true, route: { name: 'read' } }],
  ['PUT', { matched: true, route: { name: 'write' } }],
  ['DELETE', { matched: false, reason: 'method', allow: ['GET', 'POST', 'PUT'] }],
])('the method chooses among routes of one path: %s', (method, expected) => {
  expect(matcher.match('/m/1', 'gw', method)).toMatchObject(expected);
});

test('another method of a narrow route does not fall through to a wider one', () => {
  expect(matcher.match('/api1/admin', 'gw', 'POST')).toMatchObject({ matched: false, reason: 'method', allow: ['GET'] });
});

test('a route with hosts wins at its hosts, and is not there elsewhere', () => {
  expect(matcher.match('/h', 'a.example', 'GET')).toMatchObject({ route: { name: 'a host' } });
  expect(matcher.match('/h', 'c.example', 'GET')).toMatchObject({ route: { name: 'any host' } });
  expect(matcher.match('/only', 'c.example', 'GET')).toMatchObject({ route: { name: 'root' } });
});

test('no route', () => {
  expect(new RouteMatcher([route('a', ['/a'])]).match('/b', 'gw', 'GET')).toEqual({ matched: false, reason: 'no-route' });
});

test.each([
  ['API.Example:8000', 'api.example'],
  ['api.example.', 'api.example'],
  ['[::1]:80', '[::1]'],
  ['[::1]', '[::1]'],
  ['', ''],
])('host name of %s', (host, name) => {
  expect(hostName(host)).toBe(name);
});
