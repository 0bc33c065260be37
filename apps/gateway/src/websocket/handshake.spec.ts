import { expect, test } from '@jest/globals';
import { type HandshakeFacts, isAcceptedBy, judgeHandshake } from './handshake.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const right: HandshakeFacts = {
  method: 'GET',
  hasBody: false,
  versions: ['13'],
  keys: [KEY],
  origins: [],
  ownOrigin: 'https://api.example',
  allowedOrigins: new Set(['https://app.example']),
};

test.each<[Partial<HandshakeFacts>, ReturnType<typeof judgeHandshake>]>([
  [{}, null],
  [{ method: 'POST' }, 'method'],
  [{ hasBody: true }, 'body'],
  [{ versions: [] }, 'version'],
  [{ versions: ['12'] }, 'version'],
  [{ versions: ['13', '13'] }, 'version'],
  [{ keys: [] }, 'key'],
  [{ keys: [KEY, KEY] }, 'key'],
  [{ keys: ['c2hvcnQ='] }, 'key'],
  [{ keys: ['dGhlIHNhbXBsZSBub25jZR=='] }, 'key'],
  [{ origins: ['https://app.example'] }, null],
  [{ origins: ['https://api.example'] }, null],
  [{ origins: ['https://evil.example'] }, 'origin'],
  [{ origins: ['null'] }, 'origin'],
  [{ origins: ['https://app.example', 'https://app.example'] }, 'origin'],
  [{ origins: ['https://evil.example'], allowedOrigins: new Set(['*']) }, null],
])('BEHAVIOURS 87, RFC 6455 §4.2: %j', (facts, fault) => {
  expect(judgeHandshake({ ...right, ...facts })).toBe(fault);
});

const ACCEPT = ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='];
const SWITCH = ['upgrade', 'WebSocket', 'connection', 'keep-alive, Upgrade'];

test.each([
  ['the example of RFC 6455 §1.3', [...SWITCH, ...ACCEPT], true],
  ['no accept', SWITCH, false],
  ['another accept', [...SWITCH, 'Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOO='], false],
  ['two accepts', [...SWITCH, ...ACCEPT, ...ACCEPT], false],
  ['another protocol', ['upgrade', 'h2c', 'connection', 'Upgrade', ...ACCEPT], false],
  ['no Connection', ['upgrade', 'websocket', ...ACCEPT], false],
])('BEHAVIOURS 87, RFC 6455 §4.1: an upstream’s 101 with %s', (_, fields, accepted) => {
  expect(isAcceptedBy(fields, KEY)).toBe(accepted);
});
