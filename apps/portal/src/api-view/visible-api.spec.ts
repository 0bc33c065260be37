import { expect, test } from '@jest/globals';
import { sampleApi, sampleSnapshot } from '../../test/sample-snapshot.js';
import { searchApis, tagsOf } from './search-apis.js';
import { authorizeApiView, visibleApis } from './visible-api.js';

test.each([
  [undefined, { visible: false, reason: 'unknown-api' }],
  [sampleApi(), { visible: true, membersOnly: false }],
  [sampleApi({ group: 'partners' }), { visible: false, reason: 'members-only' }],
  [sampleApi({ group: 'partners', partner: true }), { visible: true, membersOnly: true }],
  [sampleApi({ partner: true }), { visible: true, membersOnly: false }],
])('98: who has not logged in: row %#', (api, decision) => {
  expect(authorizeApiView(api)).toEqual(decision);
});

test('the list is by name, deprecated last, hidden ones left out', () => {
  const apis = [
    sampleApi({ id: 'old', name: 'Aardvark', deprecated: true }),
    sampleApi({ id: 'z', name: 'Zebra' }),
    sampleApi({ id: 'h', name: 'Hidden', group: 'partners' }),
    sampleApi({ id: 'b', name: 'bee' }),
  ];
  expect(visibleApis(sampleSnapshot(apis)).map((api) => api.id)).toEqual(['b', 'z', 'old']);
});

const apis = [
  sampleApi({ id: 'orders', name: 'Orders', summary: 'Buy things', tags: ['erp'] }),
  sampleApi({ id: 'cafe', name: 'Café menu', summary: 'Drinks', tags: ['food', 'erp'], description: 'espresso' }),
];

test.each([
  ['', '', ['orders', 'cafe']],
  ['ORDERS', '', ['orders']],
  ['cafe', '', ['cafe']],
  ['menu drinks', '', ['cafe']],
  ['menu things', '', []],
  ['espresso', '', ['cafe']],
  ['', 'erp', ['orders', 'cafe']],
  ['', 'food', ['cafe']],
  ['', 'er', []],
])('searching "%s" with tag "%s" finds %j', (text, tag, ids) => {
  expect(searchApis(apis, { text, tag }).map((api) => api.id)).toEqual(ids);
});

test('tags are listed once', () => {
  expect(tagsOf(apis)).toEqual(['erp', 'food']);
});
