import { expect, test } from '@jest/globals';
import { FieldLine } from './field-section.js';
import { NameMemory } from './name-memory.js';

/** As a head is read: hash and bytes from the line. */
function findLine(memory: NameMemory, name: string): number {
  const bytes = Buffer.from(`x\r\n${name}: value\r\n\r\n`, 'latin1');
  const line = new FieldLine();
  if (!line.read(bytes, 3)) throw new Error(`${name} is no name`);
  return memory.find(bytes, 3, line.nameEnd, line.nameHash);
}

test('a name is found by its bytes and as text, in its own spelling only', () => {
  const memory = new NameMemory();
  memory.remember('Content-Type', 7);
  memory.remember('host', 0);
  expect(['Content-Type', 'content-type', 'Content-Typ', 'Content-Type2', 'host', 'Host'].map((name) => findLine(memory, name))).toEqual([
    7, -1, -1, -1, 0, -1,
  ]);
  expect(['Content-Type', 'content-type', 'host', ''].map((name) => memory.findText(name))).toEqual([7, -1, 0, -1]);
});

test('of ten thousand names each is found as itself or not at all, and what is remembered last is found', () => {
  const memory = new NameMemory();
  for (let i = 0; i < 10_000; i++) {
    memory.remember(`X-Name-${i}`, i % 251);
    expect(findLine(memory, `X-Name-${i}`)).toBe(i % 251);
  }
  for (let i = 0; i < 10_000; i++) expect([i % 251, -1]).toContain(findLine(memory, `X-Name-${i}`));
});

test('the longest name that fits is remembered, a longer one is not, nor one that is not ASCII', () => {
  const memory = new NameMemory();
  for (const name of ['a'.repeat(62), 'b'.repeat(63), '\u0148ost', 'n\xe4me']) memory.remember(name, 3);
  expect(['a'.repeat(62), 'b'.repeat(63), '\u0148ost', 'Host', 'n\xe4me'].map((name) => memory.findText(name))).toEqual([
    3, -1, -1, -1, -1,
  ]);
});

test('names that come in one message are remembered side by side', () => {
  const messages = [
    [
      'Host',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'X-Forwarded-Host',
      'X-Forwarded-Port',
      'X-Real-IP',
      'X-Request-Id',
      'X-API-Key',
      'Content-Type',
    ],
    ['host', 'x-amzn-trace-id', 'x-requested-with', 'x-apikey', 'content-type', 'content-length', 'user-agent', 'accept', 'authorization'],
    [
      'Sec-CH-UA-Model',
      'Sec-Fetch-Site',
      'Sec-Fetch-Mode',
      'Sec-Fetch-Dest',
      'Sec-Fetch-User',
      'Origin',
      'Referer',
      'Cookie',
      'Accept-Encoding',
    ],
    [
      'Date',
      'Content-Length',
      'Cross-Origin-Opener-Policy',
      'Access-Control-Allow-Methods',
      'Access-Control-Allow-Headers',
      'Vary',
      'ETag',
      'Server',
    ],
  ];
  for (const names of messages) {
    const memory = new NameMemory();
    for (const name of names) memory.remember(name, 1);
    expect(names.filter((name) => findLine(memory, name) === -1)).toEqual([]);
  }
});
