/** The gateway's transport with a token check and nothing else: what a call costs before the gateway does its work. */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { checkToken } from './known-tokens.mjs';

const { PORT, UPSTREAM_URL } = process.env;
const pool = new Pool(UPSTREAM_URL);
const NOT_PASSED = new Set(['host', 'connection', 'authorization']);

createServer((request, response) => {
  const token = checkToken(request.headers.authorization);
  if (typeof token === 'number') return response.writeHead(token).end();
  const headers = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (!NOT_PASSED.has(request.rawHeaders[i].toLowerCase())) headers.push(request.rawHeaders[i], request.rawHeaders[i + 1]);
  }
  headers.push('X-Consumer-Id', token.application, 'X-Consumer-Custom-Id', token.subscription, 'X-Credential-Identifier', token.client);
  headers.push('X-Plan-Id', token.plan, 'X-Authenticated-Scope', 'read');
  return pool.dispatch(
    { method: request.method, path: request.url, headers },
    {
      onRequestStart() {},
      onResponseStart(controller, status, _headers, reason) {
        const fields = controller.rawHeaders.map((field) => field.latin1Slice());
        response.writeHead(
          status,
          reason,
          fields.filter((_, i) => fields[i - (i % 2)] !== 'Connection'),
        );
      },
      onResponseData(_controller, part) {
        response.write(part);
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError(_controller, error) {
        response.destroy(error);
      },
    },
  );
}).listen(Number(PORT), '127.0.0.1');
