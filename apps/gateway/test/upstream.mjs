/**
 * An upstream of raw behaviours for the gateway's tests: a process of its own, so that nothing is shared with what is tested.
 * Prints its port. What it saw of each request is asked for at /seen (the last one) and /state (what is open now).
 */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

const seen = { last: null, aborted: 0, open: 0, requests: 0, bodyBytes: 0 };

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const json = (response, value, headers = {}) => {
  const body = JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
};
async function readAll(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

const behaviours = {
  async echo(request, response) {
    const body = await readAll(request);
    json(response, { method: request.method, url: request.url, rawHeaders: request.rawHeaders, body: body.toString('latin1') });
  },
  cookies(_request, response) {
    response.writeHead(200, [
      'Set-Cookie',
      'a=1',
      'X-Order',
      '1',
      'Set-Cookie',
      'b=2',
      'x-order',
      '2',
      'Server',
      'secret/1',
      'Connection',
      'x-private',
      'X-Private',
      'yes',
    ]);
    response.end('ok');
  },
  sse(_request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    let count = 0;
    const timer = setInterval(() => response.write(`data: ${++count} ${Date.now()}\n\n`), 100);
    response.on('close', () => clearInterval(timer));
  },
  silent(_request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
  },
  never() {},
  async slow(_request, response) {
    await wait(300);
    json(response, { slow: true });
  },
  cutBefore(request) {
    request.socket.destroy();
  },
  cutChunked(request, response) {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('partial');
    setTimeout(() => request.socket.destroy(), 50);
  },
  cutLength(request, response) {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('partial');
    setTimeout(() => request.socket.destroy(), 50);
  },
  async sink(request, response) {
    let bytes = 0;
    for await (const part of request) bytes += part.length;
    json(response, { bytes });
  },
  async slowSink(request, response) {
    let bytes = 0;
    for await (const part of request) {
      bytes += part.length;
      seen.bodyBytes = bytes;
      await wait(5);
    }
    json(response, { bytes });
  },
  early413(request, response) {
    const body = 'too large';
    response.writeHead(413, { 'content-length': body.length, connection: 'close' });
    response.end(body);
    request.resume();
  },
  gzip(_request, response) {
    const body = gzipSync('plain text');
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length });
    response.end(body);
  },
  hints(_request, response) {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    json(response, { hinted: true });
  },
  noContent(_request, response) {
    response.writeHead(204).end();
  },
  notModified(_request, response) {
    response.writeHead(304, { etag: '"x"' }).end();
  },
  trailers(_request, response) {
    response.writeHead(200, { trailer: 'X-Checksum' });
    response.write('body');
    response.addTrailers({ 'X-Checksum': 'abc' });
    response.end();
  },
  redirect(request, response) {
    response.writeHead(302, { location: `http://${request.headers.host}/base/moved?x=1` }).end();
  },
  redirectElsewhere(_request, response) {
    response.writeHead(302, { location: 'https://elsewhere.example/x' }).end();
  },
  big(request, response) {
    const size = Number(new URL(request.url, 'http://x').searchParams.get('size'));
    response.writeHead(200, { 'content-length': size });
    const part = Buffer.alloc(65_536, 'x');
    let left = size;
    const send = () => {
      while (left > 0) {
        const piece = left < part.length ? part.subarray(0, left) : part;
        left -= piece.length;
        seen.bodyBytes = size - left;
        if (!response.write(piece)) {
          response.once('drain', send);
          return;
        }
      }
      response.end();
    };
    send();
  },
  cached(request, response) {
    const said = new URL(request.url, 'http://x').searchParams.getAll('said');
    response
      .writeHead(
        200,
        said.flatMap((value) => ['Cache-Control', value]),
      )
      .end('ok');
  },
  badHead(request) {
    request.socket.end('NOT HTTP\r\n\r\n');
  },
  cors(_request, response) {
    json(response, {}, { 'access-control-allow-origin': 'https://upstream.example', vary: 'Accept' });
  },
};

const server = createServer({ keepAliveTimeout: Number(process.env.UPSTREAM_KEEP_ALIVE ?? 5_000) }, (request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/state') {
    json(response, seen);
    return;
  }
  seen.requests++;
  seen.open++;
  seen.last = { method: request.method, url: request.url, rawHeaders: request.rawHeaders };
  response.on('close', () => {
    seen.open--;
    if (!response.writableFinished) seen.aborted++;
  });
  request.on('error', () => undefined);
  const name = path.replace('/base', '').split('/')[1];
  Promise.resolve((behaviours[name] ?? behaviours.echo)(request, response)).catch(() => response.destroy());
});
server.listen(Number(process.env.UPSTREAM_PORT ?? 0), '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`));
