import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RequestFieldNames } from '../../headers/request-field.js';
import { firstField, readRequestFields } from '../../headers/request-fields.js';
import { readTarget } from '../../route/request-path.js';
import { readPlainRequest } from './plain-request.js';

const names = new RequestFieldNames('x-apikey');
const read = (text: string) => readPlainRequest(Buffer.from(text, 'latin1'), names);
const H = 'Host: x\r\n';

describe('plain requests are read', () => {
  test.each<[string, string, object]>([
    ['GET', `GET / HTTP/1.1\r\n${H}\r\n`, { method: 'GET', target: '/', fields: ['Host', 'x'], headEnd: 27, bodyLength: 0, close: false }],
    ['a query', `GET /a/b?c=%20&d=/?e HTTP/1.1\r\n${H}\r\n`, { target: '/a/b?c=%20&d=/?e' }],
    ['a length', `POST / HTTP/1.1\r\n${H}Content-Length: 5\r\n\r\nabcde`, { method: 'POST', bodyLength: 5 }],
    ['a length of zero', `POST / HTTP/1.1\r\n${H}content-length: 0\r\n\r\n`, { bodyLength: 0 }],
    ['close', `GET / HTTP/1.1\r\n${H}Connection: Close\r\n\r\n`, { close: true }],
    ['keep-alive', `GET / HTTP/1.1\r\n${H}connection: Keep-Alive\r\n\r\n`, { close: false }],
    ['copies in their order', `GET / HTTP/1.1\r\nA: 1\r\n${H}a: 2\r\n\r\n`, { fields: ['A', '1', 'Host', 'x', 'a', '2'] }],
    ['a host with its port', 'GET / HTTP/1.1\r\nhOST: a-b.example:8000\r\n\r\n', { fields: ['hOST', 'a-b.example:8000'] }],
    ['white space around a value', `GET / HTTP/1.1\r\n${H}A:\t x \t\r\n\r\n`, { fields: ['Host', 'x', 'A', 'x'] }],
    ['what follows is left', `GET / HTTP/1.1\r\n${H}\r\nGET /`, { headEnd: 27 }],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });
});

test('no part of a request is read, wherever it ends, and none is read on behind its end', () => {
  const head = `POST /orders/1?a=b HTTP/1.1\r\n${H}Content-Length: 3\r\nConnection: close\r\n\r\n`;
  for (let end = 0; end < head.length; end++) expect([end, read(head.slice(0, end))]).toEqual([end, null]);
  expect(read(head)).not.toBeNull();
});

describe('where the path ends is told of a target that has one reading', () => {
  test.each<[string, number]>([
    ['/', 1],
    ['/orders/1', 9],
    ['/a.b/c..d/', 10],
    ['/a?b=%20;c//d/../e?f', 2],
    ['/?', 1],
    ['/%61', -1],
    ['/a;v=1', -1],
    ['//a', -1],
    ['/a//b', -1],
    ['/./a', -1],
    ['/a/..', -1],
    ['/a/.b?c', -1],
  ])('%s: %i', (target, end) => {
    expect(read(`GET ${target} HTTP/1.1\r\n${H}\r\n`)?.plainPathEnd).toBe(end);
  });

  test('and is where the gateway’s reading of any target has it', () => {
    const character = fc.constantFrom(...'aZ0-._~!$&()*+,;=:@/?%', '/', '.', '%2F', '%2e', '/..', '//');
    const target = fc.array(character, { maxLength: 12 }).map((rest) => `/${rest.join('')}`);
    fc.assert(
      fc.property(target, (text) => {
        const end = read(`GET ${text} HTTP/1.1\r\n${H}\r\n`)?.plainPathEnd;
        if (end === -1) return;
        expect(readTarget(text)).toEqual({ ok: true, authority: null, path: text.slice(0, end), query: text.slice(end) });
        expect(text.slice(0, end)).not.toMatch(/;|\/\//);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('everything else is left to node:http', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['a part of a method', 'GE'],
    ['a part of a head', `GET / HTTP/1.1\r\n${H}`],
    ['an unknown method', `BREW / HTTP/1.1\r\n${H}\r\n`],
    ['a host without a name', 'GET / HTTP/1.1\r\nHost: :80\r\n\r\n'],
    ['a colon without a port', 'GET / HTTP/1.1\r\nHost: x:\r\n\r\n'],
    ['a port of six digits', 'GET / HTTP/1.1\r\nHost: x:123456\r\n\r\n'],
    ['a host that is too long', `GET / HTTP/1.1\r\nHost: ${'x'.repeat(256)}\r\n\r\n`],
    ['TRACE', `TRACE / HTTP/1.1\r\n${H}\r\n`],
    ['CONNECT', `CONNECT x:1 HTTP/1.1\r\n${H}\r\n`],
    ['a method in lower case', `get / HTTP/1.1\r\n${H}\r\n`],
    ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an empty line first', `\r\nGET / HTTP/1.1\r\n${H}\r\n`],
    ['a space first', ` GET / HTTP/1.1\r\n${H}\r\n`],
    ['two spaces', `GET  / HTTP/1.1\r\n${H}\r\n`],
    ['two spaces behind the target', `GET /  HTTP/1.1\r\n${H}\r\n`],
    ['a tab for a space', `GET\t/ HTTP/1.1\r\n${H}\r\n`],
    ['no target', `GET HTTP/1.1\r\n${H}\r\n`],
    ['no version', `GET /\r\n${H}\r\n`],
    ['HTTP/1.0', `GET / HTTP/1.0\r\n${H}\r\n`],
    ['HTTP/1.2', `GET / HTTP/1.2\r\n${H}\r\n`],
    ['http/1.1 in lower case', `GET / http/1.1\r\n${H}\r\n`],
    ['a space behind the version', `GET / HTTP/1.1 \r\n${H}\r\n`],
    ['absolute-form', `GET http://x/ HTTP/1.1\r\n${H}\r\n`],
    ['asterisk-form', `OPTIONS * HTTP/1.1\r\n${H}\r\n`],
    ['authority-form', `GET x:80 HTTP/1.1\r\n${H}\r\n`],
    ['a fragment', `GET /#a HTTP/1.1\r\n${H}\r\n`],
    ['a backslash', `GET /a\\b HTTP/1.1\r\n${H}\r\n`],
    ['quotes', `GET /"a" HTTP/1.1\r\n${H}\r\n`],
    ['angle brackets', `GET /<a> HTTP/1.1\r\n${H}\r\n`],
    ['braces', `GET /{a} HTTP/1.1\r\n${H}\r\n`],
    ['square brackets', `GET /?a[]=1 HTTP/1.1\r\n${H}\r\n`],
    ['a pipe', `GET /a|b HTTP/1.1\r\n${H}\r\n`],
    ['a caret', `GET /a^b HTTP/1.1\r\n${H}\r\n`],
    ['a target above ASCII', `GET /\xe9 HTTP/1.1\r\n${H}\r\n`],
    ['NUL in the target', `GET /\0 HTTP/1.1\r\n${H}\r\n`],
    ['DEL in the target', `GET /\x7f HTTP/1.1\r\n${H}\r\n`],
    ['a target that is too long', `GET /${'a'.repeat(5_000)} HTTP/1.1\r\n${H}\r\n`],
    ['a bare LF behind the request line', `GET / HTTP/1.1\n${H}\r\n`],
    ['bare LF throughout', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['a bare LF behind a field', 'GET / HTTP/1.1\r\nHost: x\nA: 1\r\n\r\n'],
    ['a bare CR in a value', `GET / HTTP/1.1\r\n${H}A: 1\rB: 2\r\n\r\n`],
    ['a bare LF in a value', `GET / HTTP/1.1\r\n${H}A: 1\nB: 2\r\n\r\n`],
    ['obs-fold', `GET / HTTP/1.1\r\n${H}A: 1\r\n 2\r\n\r\n`],
    ['obs-fold by tab', `GET / HTTP/1.1\r\n${H}A: 1\r\n\t2\r\n\r\n`],
    ['a folded first line', `GET / HTTP/1.1\r\n A: 1\r\n${H}\r\n`],
    ['space before the colon', `GET / HTTP/1.1\r\n${H}A : 1\r\n\r\n`],
    ['tab before the colon', `GET / HTTP/1.1\r\n${H}A\t: 1\r\n\r\n`],
    ['no colon', `GET / HTTP/1.1\r\n${H}A\r\n\r\n`],
    ['no name', `GET / HTTP/1.1\r\n${H}: 1\r\n\r\n`],
    ['a name that is no token', `GET / HTTP/1.1\r\n${H}A(b): 1\r\n\r\n`],
    ['a name with a slash', `GET / HTTP/1.1\r\n${H}A/b: 1\r\n\r\n`],
    ['a name above ASCII', `GET / HTTP/1.1\r\n${H}\xe9: 1\r\n\r\n`],
    ['NUL in a name', `GET / HTTP/1.1\r\n${H}A\0: 1\r\n\r\n`],
    ['NUL in a value', `GET / HTTP/1.1\r\n${H}A: \0\r\n\r\n`],
    ['a control character in a value', `GET / HTTP/1.1\r\n${H}A: \x01\r\n\r\n`],
    ['DEL in a value', `GET / HTTP/1.1\r\n${H}A: \x7f\r\n\r\n`],
    ['no host', 'GET / HTTP/1.1\r\nA: 1\r\n\r\n'],
    ['no field at all', 'GET / HTTP/1.1\r\n\r\n'],
    ['two hosts', `GET / HTTP/1.1\r\n${H}Host: y\r\n\r\n`],
    ['one host twice', `GET / HTTP/1.1\r\n${H}host: x\r\n\r\n`],
    ['an empty host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['a host with user', 'GET / HTTP/1.1\r\nHost: a@x\r\n\r\n'],
    ['a host with path', 'GET / HTTP/1.1\r\nHost: x/y\r\n\r\n'],
    ['a list of hosts', 'GET / HTTP/1.1\r\nHost: x, y\r\n\r\n'],
    ['an IPv6 host', 'GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n'],
    ['a host with two ports', 'GET / HTTP/1.1\r\nHost: x:1:2\r\n\r\n'],
    ['Transfer-Encoding', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['transfer-encoding in any case', `POST / HTTP/1.1\r\n${H}tRANSFER-eNCODING: identity\r\n\r\n`],
    ['Content-Length and Transfer-Encoding', `POST / HTTP/1.1\r\n${H}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['two lengths', `POST / HTTP/1.1\r\n${H}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`],
    ['one length twice', `POST / HTTP/1.1\r\n${H}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`],
    ['a list of lengths', `POST / HTTP/1.1\r\n${H}Content-Length: 5, 5\r\n\r\n`],
    ['a signed length', `POST / HTTP/1.1\r\n${H}Content-Length: +5\r\n\r\n`],
    ['a negative length', `POST / HTTP/1.1\r\n${H}Content-Length: -5\r\n\r\n`],
    ['a hexadecimal length', `POST / HTTP/1.1\r\n${H}Content-Length: 0x5\r\n\r\n`],
    ['a length with a leading zero', `POST / HTTP/1.1\r\n${H}Content-Length: 05\r\n\r\n`],
    ['an empty length', `POST / HTTP/1.1\r\n${H}Content-Length:\r\n\r\n`],
    ['a length beyond counting', `POST / HTTP/1.1\r\n${H}Content-Length: 9999999999999999\r\n\r\n`],
    ['a length with a tab behind it', `POST / HTTP/1.1\r\n${H}Content-Length: 0\t\r\n\r\n`],
    ['a tab behind Connection', `GET / HTTP/1.1\r\n${H}Connection: close\t\r\n\r\n`],
    ['a length with a space', `POST / HTTP/1.1\r\n${H}Content-Length: 5 5\r\n\r\n`],
    ['Expect', `POST / HTTP/1.1\r\n${H}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`],
    ['Upgrade', `GET / HTTP/1.1\r\n${H}Upgrade: websocket\r\nConnection: upgrade\r\n\r\n`],
    ['Upgrade without Connection', `GET / HTTP/1.1\r\n${H}Upgrade: h2c\r\n\r\n`],
    ['TE', `GET / HTTP/1.1\r\n${H}TE: trailers\r\n\r\n`],
    ['Trailer', `GET / HTTP/1.1\r\n${H}Trailer: X\r\n\r\n`],
    ['Proxy-Connection', `GET / HTTP/1.1\r\n${H}Proxy-Connection: close\r\n\r\n`],
    ['Connection with other options', `GET / HTTP/1.1\r\n${H}Connection: close, x-a\r\n\r\n`],
    ['two Connections', `GET / HTTP/1.1\r\n${H}Connection: close\r\nConnection: keep-alive\r\n\r\n`],
    ['an empty Connection', `GET / HTTP/1.1\r\n${H}Connection:\r\n\r\n`],
    ['more than a hundred fields', `GET / HTTP/1.1\r\n${H}${'A: 1\r\n'.repeat(100)}\r\n`],
    ['a large head', `GET / HTTP/1.1\r\n${H}A: ${'a'.repeat(17_000)}\r\n\r\n`],
    ['TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
    ['PROXY protocol', `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n${H}\r\n`],
  ])('%s', (_, text) => {
    expect(read(text)).toBeNull();
  });
});

test('whatever the head, what was read on the way is what its list of fields says', () => {
  const name = fc.constantFrom(
    'A',
    'a',
    'aa',
    'Cookie',
    'cookie',
    'X_Consumer_Id',
    'x-plan-id',
    'Authorization',
    'X-ApiKey',
    'X_ApiKey',
    'X-Forwarded-For',
  );
  const known = fc.constantFrom(
    'X-Forwarded-Proto',
    'forwarded',
    'Traceparent',
    'X-Correlation-Id',
    'x_correlation_id',
    'Keep-Alive',
    'X-Real-IP',
    'Http2-Settings',
  );
  const text = fc.string({
    unit: fc.constantFrom('a', 'A', 'b', ':', ' ', '\t', ',', '\x80', '\xc4', '\xd7', '\xde', '\xff'),
    maxLength: 8,
  });
  const line = fc.tuple(fc.oneof(name, known), fc.constantFrom(':', ': ', ':\t', ':  '), text).map((parts) => `${parts.join('')}\r\n`);
  const framing = fc.constantFrom('', 'Connection: close\r\n', 'connection: Keep-Alive\r\n', 'Content-Length: 4\r\n');
  let plain = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.array(line, { maxLength: 3 }), framing, (before, behind, framed) => {
      const request = read(`POST / HTTP/1.1\r\n${before.join('')}${H}${framed}${behind.join('')}\r\naa: body\r\n\r\n`);
      if (request === null) return;
      plain++;
      const { fields } = request;
      for (const asked of ['a', 'aa', 'cookie', 'host', 'x_consumer_id', 'forwarded', 'b', 'body', 'ooki', 'content-length']) {
        expect([asked, request.field(asked)]).toEqual([asked, firstField(fields, asked)]);
      }
      const { kept: lines, ...known } = request.readFields(names);
      const { kept: list, ...listed } = readRequestFields(fields, names);
      expect(known).toEqual({ ...listed, hostChecked: true });
      expect(lines.fields).toEqual(list.fields);
      expect(lines.lines).toBe(list.lines);
      // By the names of another config.
      expect(request.readFields(new RequestFieldNames('cookie')).apiKeyCount).toBe(
        fields.filter((field, i) => i % 2 === 0 && /^cookie$/i.test(field)).length,
      );
    }),
    { numRuns: 2_000 },
  );
  expect(plain).toBeGreaterThan(1_000);
});
