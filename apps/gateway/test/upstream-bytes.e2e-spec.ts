/** What goes to an upstream and comes from it as bytes, through both transports. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BareUpstream } from './bare-upstream.js';
import { type GatewayUnderTest, rawExchange, startGatewayUnderTest } from './gateway-under-test.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

let bare: BareUpstream;
const gateways: Record<string, GatewayUnderTest> = {};
beforeAll(async () => {
  bare = await new BareUpstream().start();
  const start = (fastPath: string): Promise<GatewayUnderTest> =>
    startGatewayUnderTest({
      env: { GATEWAY_FAST_PATH: fastPath },
      files: {
        'apis/gone/api.yaml': `name: Bare
auth: none
upstream: { url: "${bare.url}", timeout: 5s, retries: 0 }
routes: [{ paths: [/bare] }]
`,
        'apis/ruled/api.yaml': `name: Ruled
auth: none
upstream:
  url: "${bare.url}/base"
  timeout: 5s
  rewrite:
    cookieDomains: [{ from: shop.internal, to: api.example }, { from: old.internal }]
    cookiePaths: [{ from: /base, to: /ruled }, { from: /all, to: / }]
    locations: [{ from: "http://login.internal:9002/auth", to: /login }, { from: "http://cdn.internal", to: "https://cdn.example/x" }]
routes: [{ paths: [/ruled] }]
`,
        'apis/both/api.yaml': `name: Both
auth: [oauth2, key-auth]
hideCredentials: false
authMethods: [local]
plans: [unlimited]
upstream: { url: "${bare.url}" }
routes: [{ paths: [/both] }]
`,
      },
    });
  [gateways.on, gateways.off] = await Promise.all([start('on'), start('off')]);
});
afterAll(async () => {
  await Promise.all(Object.values(gateways).map((gateway) => gateway.stop()));
  await bare?.stop();
});

describe.each(['on', 'off'])('with the fast path %s', (fastPath) => {
  const gateway = (): GatewayUnderTest => gateways[fastPath] as GatewayUnderTest;
  const ask = (request: string): Promise<string> => rawExchange(gateway().port, request);
  const get = (path: string, method = 'GET'): Promise<string> =>
    ask(`${method} /bare${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

  describe('BEHAVIOURS 77: request trailers (RFC 9110 §6.5.1)', () => {
    /** @returns what the upstream saw behind the head */
    async function bodySeen(fields: string, body: string): Promise<string> {
      bare.at('/trailers', ({ socket, seen }) => {
        const answer = (): void => {
          if (/\r\n0\r\n[\s\S]*\r\n\r\n$|^[\s\S]*\r\n\r\nabc$/.test(seen())) socket.end(OK);
        };
        socket.on('data', answer);
        answer();
      });
      const answer = await ask(`POST /bare/trailers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n${body}`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      return bare.seen.slice(bare.seen.indexOf('\r\n\r\n') + 4);
    }
    const chunked = 'Transfer-Encoding: chunked\r\n';

    test('go to the upstream in their order, with their copies and case', async () => {
      const seen = await bodySeen(
        `${chunked}Trailer: X-Sum\r\n`,
        '3\r\nabc\r\n0\r\nX-Sum: 1\r\nx-sum:  2 \r\nContent-Digest: sha-256=:a:\r\n\r\n',
      );
      expect(seen).toBe('3\r\nabc\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\nContent-Digest: sha-256=:a:\r\n\r\n');
    });

    test.each([
      ...['X-Consumer-Id', 'x_consumer_id', 'X-Authenticated-Userid', 'X-Plan-Id', 'X-Forwarded-For', 'Forwarded', 'X-Real-IP'],
      ...['Authorization', 'X-ApiKey', 'x_apikey', 'Cookie', 'X-Correlation-Id', 'traceparent'],
      ...['Proxy-Authorization', 'Proxy-Authenticate', 'Proxy-Authentication-Info'],
      ...['Host', 'Connection', 'Keep-Alive', 'TE', 'Trailer', 'Upgrade', 'Expect', 'X-Hop'],
      ...['Content-Type', 'Content-Encoding', 'Range', 'If-Match', 'Cache-Control', 'Max-Forwards', 'Accept', 'Origin', 'Set-Cookie'],
    ])('%s is none that may', async (name) => {
      const seen = await bodySeen(`${chunked}Connection: X-Hop\r\n`, `3\r\nabc\r\n0\r\nX-Sum: 1\r\n${name}: 1\r\n\r\n`);
      expect(seen).toBe('3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n');
    });

    test('a body with a length has none', async () => {
      expect(await bodySeen('Content-Length: 3\r\n', 'abc')).toBe('abc');
    });
  });

  describe('BEHAVIOURS 68: what is for one connection alone (RFC 9110 §7.6.1)', () => {
    const forProxies = ['Proxy-Authenticate', 'Proxy-Authorization', 'Proxy-Authentication-Info'];
    const hopByHop = [...forProxies, 'Proxy-Connection', 'Keep-Alive', 'TE', 'Trailer', 'Upgrade'];
    const askWith = async (path: string, fields: string): Promise<string> => {
      bare.at('/hop', OK);
      expect(await ask(`GET ${path}/hop HTTP/1.1\r\nHost: x\r\n${fields}X-End: 1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
      expect(bare.seen).toContain('X-End: 1\r\n');
      return bare.seen;
    };

    test.each(hopByHop)('the request’s %s stays here', async (name) => {
      expect(await askWith('/bare', `Connection: close\r\n${name}: a\r\n`)).not.toMatch(new RegExp(`^${name}:`, 'im'));
    });

    test.each([
      ['Authorization', 'Authorization: Basic abc', '/bare'],
      ['Authorization that opened the API', 'Authorization: Bearer <token>', '/both'],
      ['X-ApiKey that opened the API', 'X-ApiKey: shop-both-key', '/both'],
    ])('so does %s, where Connection lists it', async (_, field, path) => {
      const sent = field.replace('<token>', await gateway().issueToken('both'));
      const name = sent.slice(0, sent.indexOf(':'));
      const passed = new RegExp(`^${sent}\\r$`, 'im');
      expect(await askWith(path, `Connection: close\r\n${sent}\r\n`)).toMatch(passed);
      expect(await askWith(path, `Connection: ${name.toUpperCase()}, close\r\n${sent}\r\n`)).not.toMatch(passed);
      expect(await askWith(path, `${sent}\r\nConnection: close\r\nConnection: x,${name}\r\n`)).not.toMatch(passed);
    });

    test.each(hopByHop)('the answer’s %s stays here', async (name) => {
      bare.at('/hop', `HTTP/1.1 200 OK\r\n${name}: a\r\nX-End: 1\r\nContent-Length: 0\r\n\r\n`);
      const answer = await get('/hop');
      expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nX-End: 1\r\n/);
      expect(answer).not.toMatch(new RegExp(`^${name}: a\r`, 'im'));
    });

    test.each([...hopByHop, 'X-Hop', 'X-Hop-2'])('so does %s in its trailers', async (name) => {
      const head = 'HTTP/1.1 200 OK\r\nConnection: close, x-hop\r\nConnection: X-Hop-2\r\nTransfer-Encoding: chunked\r\n\r\n';
      bare.at('/hop', `${head}2\r\nok\r\n0\r\nX-Sum: 1\r\n${name}: a\r\nX-End: 2\r\n\r\n`);
      expect(await get('/hop')).toMatch(/\r\n0\r\nX-Sum: 1\r\nX-End: 2\r\n\r\n$/);
    });

    test('so do early hints that Connection lists', async () => {
      const hints = (connection: string): string => `HTTP/1.1 103 Early Hints\r\n${connection}Link: </a>; rel=preload\r\n\r\n${OK}`;
      bare.at('/hop', hints(''));
      expect(await get('/hop')).toMatch(/^HTTP\/1\.1 103 /);
      bare.at('/hop', hints('Connection: link\r\n'));
      expect(await get('/hop')).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  describe('BEHAVIOURS 90: by rule', () => {
    const answered = async (path: string, name: string, value: string): Promise<string | undefined> => {
      bare.at(path, `HTTP/1.1 200 OK\r\n${name}: ${value}\r\nContent-Length: 0\r\n\r\n`);
      const answer = await ask(
        `GET ${path.replace('/base', '/ruled').replace('/plain', '/bare/plain')} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n`,
      );
      return new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(answer)?.[1];
    };

    test.each([
      ['a=1; Domain=shop.internal; Path=/base; Secure', 'a=1; Domain=api.example; Path=/ruled; Secure'],
      ['a=1;domain=.Shop.Internal;HttpOnly', 'a=1; Domain=api.example;HttpOnly'],
      ['a=1; Domain=old.internal; Max-Age=5', 'a=1; Max-Age=5'],
      ['a=1; Domain=x.shop.internal', 'a=1; Domain=x.shop.internal'],
      ['a=domain=shop.internal; path = /base/x', 'a=domain=shop.internal; Path=/ruled/x'],
      ['a=1; Path=/based', 'a=1; Path=/based'],
      ['a=1; Path=/all', 'a=1; Path=/'],
      ['a=1; Path=/all/b', 'a=1; Path=/b'],
      ['__Host-a=1; Path=/base', '__Host-a=1; Path=/base'],
      ['a=1; Path=/; Domain', 'a=1; Path=/; Domain'],
    ])('the cookie %s', async (cookie, expected) => {
      expect(await answered('/base/rule', 'Set-Cookie', cookie)).toBe(expected);
    });

    test.each([
      ['http://login.internal:9002/auth?next=%2F', 'http://api.example/login?next=%2F'],
      ['http://login.internal:9002/auth/2', 'http://api.example/login/2'],
      ['http://login.internal:9002/authority', 'http://login.internal:9002/authority'],
      ['http://cdn.internal/a.css', 'https://cdn.example/x/a.css'],
      ['http://cdn.internal.evil.example/', 'http://cdn.internal.evil.example/'],
    ])('the location %s', async (location, expected) => {
      expect(await answered('/base/rule', 'Location', location)).toBe(expected);
      expect(await answered('/base/rule', 'Content-Location', location)).toBe(expected);
    });

    test("a location of the upstream's own needs none; without rules cookies pass as they are", async () => {
      expect(await answered('/base/rule', 'Location', `${bare.url}/base/a`)).toBe('http://api.example/ruled/a');
      expect(await answered('/plain', 'Set-Cookie', 'a=1; Domain=shop.internal; Path=/base')).toBe('a=1; Domain=shop.internal; Path=/base');
    });
  });

  test('BEHAVIOURS 91: nothing in a request chooses which server is asked, nor does a redirect', async () => {
    const decoy = await new BareUpstream().start();
    try {
      const to = `127.0.0.1:${decoy.port}`;
      const targets = [
        `http://${to}/bare/own`,
        `/bare/own?url=${decoy.url}`,
        `/bare/%40${to}`,
        `/bare/@${to}`,
        `/bare//${to}/own`,
        '/bare/moved',
      ];
      const fields = [
        'Host: x',
        `Host: ${to}`,
        `Host: x\r\nX-Forwarded-Host: ${to}\r\nForwarded: host="${to}"\r\nX-Original-URL: ${decoy.url}`,
      ];
      bare.at('/own', OK);
      bare.at('/moved', `HTTP/1.1 302 Found\r\nLocation: ${decoy.url}/\r\nContent-Length: 0\r\n\r\n`);
      for (const target of targets) {
        for (const field of fields) {
          bare.seen = '';
          await ask(`GET ${target} HTTP/1.1\r\n${field}\r\nConnection: close\r\n\r\n`);
          expect(bare.seen).toContain(`\r\nHost: 127.0.0.1:${bare.port}\r\n`);
          expect(bare.seen).toMatch(/^GET \//);
        }
      }
      expect(decoy.seen).toBe('');
    } finally {
      await decoy.stop();
    }
  });

  describe('BEHAVIOURS 78: an answer of the upstream that has a body where none may be', () => {
    test.each([
      [
        '204 with Content-Length',
        'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nabcde',
        204,
        /^(?![\s\S]*content-length)(?![\s\S]*abcde)/i,
      ],
      ['204 in chunks', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', 204, /^(?![\s\S]*abc)/],
      ['304 with a body', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 5\r\n\r\nabcde', 304, /^(?![\s\S]*abcde)/],
      ['200 to HEAD with a body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde', 200, /content-length: 5\r\n(?![\s\S]*abcde)/i],
    ])('%s', async (name, bytes, status, rest) => {
      bare.at('/bodiless', bytes);
      const answer = await get('/bodiless', name.includes('HEAD') ? 'HEAD' : 'GET');
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toMatch(rest);
      expect(answer).toMatch(/\r\n\r\n$/);
      // What it sent too much is nobody's answer.
      bare.at('/next', OK);
      expect(await get('/next')).toMatch(/^HTTP\/1\.1 200 [\s\S]*ok$/);
    });
  });

  test.each([
    ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['a flood of interim answers', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(33) + OK],
    ['a flood of 100', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10_000) + OK],
    ['an interim answer without end', `HTTP/1.1 103 Early Hints\r\n${'Link: </a>\r\n'.repeat(7_000)}`],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'A: 1\r\n'.repeat(20_000)}`],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['obs-fold', 'HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\nContent-Length: 0\r\n\r\n'],
    ['space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok'],
  ])('BEHAVIOURS 78, 79: %s is 502', async (_, bytes) => {
    bare.at('/odd', bytes);
    const answer = await get('/odd');
    expect(answer).toMatch(/^(?:HTTP\/1\.1 103 [^\r]*\r\n[\s\S]*?\r\n\r\n)*HTTP\/1\.1 502 [\s\S]*"status":502/);
    expect(answer).not.toContain(String(bare.port));
  });

  test('BEHAVIOURS 80: trailers of the upstream that are malformed break the answer off', async () => {
    bare.at('/fold', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: 1\r\n 2\r\n\r\n');
    const answer = await get('/fold');
    expect(answer).not.toMatch(/0\r\n\r\n$/);
  });
});
