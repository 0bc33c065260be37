import { expect, test } from '@jest/globals';
import { sampleApi, sampleSnapshot } from '../../test/sample-snapshot.js';
import { authMethodUrlsOf, endpointsOf } from './api-urls.js';

const [route] = sampleApi().routes;

test('G: every path of every route is an address', () => {
  const api = sampleApi({
    routes: [
      { ...route!, paths: ['/a', '/b'] },
      { ...route!, paths: ['/c'], methods: ['POST'], scopes: ['write'] },
    ],
  });
  expect(endpointsOf(sampleSnapshot(), api)).toEqual([
    { url: 'http://localhost:8000/a', calls: [{ methods: [], scopes: [] }] },
    { url: 'http://localhost:8000/b', calls: [{ methods: [], scopes: [] }] },
    { url: 'http://localhost:8000/c', calls: [{ methods: ['POST'], scopes: ['write'] }] },
  ]);
});

test('G: an address that two routes share is shown once', () => {
  const api = sampleApi({
    routes: [
      { ...route!, methods: ['GET'] },
      { ...route!, methods: ['POST'], scopes: ['write'] },
    ],
  });
  const calls = [
    { methods: ['GET'], scopes: [] },
    { methods: ['POST'], scopes: ['write'] },
  ];
  expect(endpointsOf(sampleSnapshot(), api)).toEqual([{ url: 'http://localhost:8000/orders/v1', calls }]);
});

test('G: a route with hosts answers there, at the gateway’s port', () => {
  const api = sampleApi({ routes: [{ ...route!, hosts: ['orders.acme.example'] }] });
  expect(endpointsOf(sampleSnapshot(), api)[0]?.url).toBe('http://orders.acme.example:8000/orders/v1');
});

test('G: each auth method has its URLs; protected and disabled ones are not shown', () => {
  const snapshot = sampleSnapshot();
  const off = new Map([...snapshot.authMethods].map(([id, entry]) => [id, id === 'corporate' ? { ...entry, enabled: false } : entry]));
  const urls = authMethodUrlsOf({ ...snapshot, authMethods: off }, sampleApi());
  expect(urls.map(({ method, ...rest }) => ({ id: method.id, ...rest }))).toEqual([
    {
      id: 'local',
      authorizeUrl: 'http://localhost:8010/local/api/orders/authorize',
      tokenUrl: 'http://localhost:8010/local/api/orders/token',
      metadataUrl: 'http://localhost:8010/.well-known/oauth-authorization-server/local/api/orders',
      openidUrl: 'http://localhost:8010/local/api/orders/.well-known/openid-configuration',
    },
  ]);
});
