import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readResponseFields } from '../../headers/response-fields.js';
import type { FieldEdit } from '../../http1/edited-lines.js';
import { fieldName } from '../../http1/field-name.js';
import { MalformedAnswerError, type ResponseHead, readResponseHead } from './response-head.js';

const RUNS = 3_000;

function read(head: string, method = 'GET'): ResponseHead | null {
  const bytes = Buffer.from(`${head}the body`, 'latin1');
  try {
    return readResponseHead(bytes, head.length, bytes.toString('latin1'), method);
  } catch (error) {
    if (error instanceof MalformedAnswerError) return null;
    throw error;
  }
}

const value = fc.string({ unit: fc.constantFrom('a', 'B', '1', ',', ';', ' ', '\t', '\x80', '\xc4', '\xff', ':', '='), maxLength: 6 });
const space = fc.constantFrom('', ' ', ' ', ' ', '\t', '  ', ' \t');
const field = fc.oneof(
  fc.tuple(fc.constantFrom('A', 'a', 'Set-Cookie', 'X-Trace', 'date', 'Date', 'Content_Length', 'Dat'), value),
  fc.tuple(fc.constantFrom('Server', 'X-Powered-By', 'Upgrade', 'trailer', 'TE', 'Proxy-Connection', 'PROXY-authenticate'), value),
  fc.tuple(fc.constantFrom('Location', 'content-location'), fc.constantFrom('/a', 'http://inside/a', '')),
  fc.tuple(fc.constantFrom('Content-Length', 'content-LENGTH'), fc.constantFrom('0', '8', '08', '8 ')),
  fc.tuple(fc.constant('Transfer-Encoding'), fc.constantFrom('chunked', 'Chunked')),
  fc.tuple(
    fc.constantFrom('Connection', 'connection'),
    fc.constantFrom('close', 'Keep-Alive', 'a', 'x-trace, close', 'Date', 'content-length', 'SET-COOKIE,\ta', '', ','),
  ),
  fc.tuple(fc.constant('Keep-Alive'), fc.constantFrom('timeout=5', 'max=1, timeout=60')),
);
const section = fc.array(
  fc.tuple(field, space, space).map(([[name, text], before, behind]) => `${name}:${before}${text}${behind}\r\n`),
  { maxLength: 8 },
);

test('RFC 9110 §7.6.1: the lines that go on are the fields that go on, whatever the head', () => {
  let passed = 0;
  fc.assert(
    fc.property(
      section,
      fc.constantFrom(200, 204, 206, 304, 500),
      fc.constantFrom('GET', 'HEAD'),
      fc.constantFrom(0, 1),
      (lines, status, method, minor) => {
        const head = read(`HTTP/1.${minor} ${status} Fine\r\n${lines.join('')}\r\n`, method);
        if (head === null) return;
        const rewritten = (url: string): string => `rewritten ${url}`;
        const expected = readResponseFields(head.fields, status, rewritten);
        if (head.passing === null) {
          // Such as need a second look: a URL, or a list of names that are for the connection.
          expect(lines.join('')).toMatch(/location:|connection:/i);
          return;
        }
        passed++;
        const { list, dated, contentLength } = head.passing;
        expect(list).toEqual(expected);
        expect(dated).toBe(expected.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'date'));
        const length = expected.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-length');
        expect(contentLength).toBe(length === -1 ? -1 : Number(expected[length + 1]));
        // Each line by itself, as we write them.
        expect(head.passing.lines).toBe(list.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join(''));
      },
    ),
    { numRuns: RUNS },
  );
  expect(passed).toBeGreaterThan(RUNS / 20);
});

test.each<[string, string]>([
  ['a list of names', 'Connection: close, a\r\nA: 1\r\n'],
  ['a name that frames the message', 'Connection: content-length\r\nContent-Length: 8\r\n'],
  ['a list in two fields', 'Connection: close\r\nA: 1\r\nconnection: A\r\n'],
  ['a name behind an odd space', 'Connection: \xa0a\r\nA: 1\r\n'],
  ['a URL', 'Location: http://inside/\r\n'],
])('%s keeps the lines from going on unseen', (_, lines) => {
  expect(read(`HTTP/1.1 200 OK\r\n${lines}\r\n`)).toMatchObject({ passing: null });
});

test('a field that an edit replaces or takes out is found, wherever it stands and however it is written', () => {
  const name = fc.constantFrom('A', 'a', 'x-trace', 'X-Trace', 'RateLimit', 'vary', 'Date');
  const lines = fc.array(
    fc.tuple(name, fc.constantFrom(': ', ':', ':\t'), fc.constantFrom('1', 'b c')).map((parts) => `${parts.join('')}\r\n`),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(lines, name, fc.constantFrom('set', 'remove'), (fields, edited, kind) => {
      const head = read(`HTTP/1.1 200 OK\r\n${fields.join('')}\r\n`);
      const list = head?.passing?.edited([{ kind, field: fieldName(edited), value: 'own' }] as FieldEdit[]).list ?? [];
      const copies = list.filter((one, i) => i % 2 === 0 && one.toLowerCase() === edited.toLowerCase());
      expect(copies).toEqual(kind === 'set' ? [edited] : []);
    }),
  );
});
