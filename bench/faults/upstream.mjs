/** Answers every request with a few bytes, at UPSTREAM_URL. */
import { createServer } from 'node:http';

createServer((_request, response) => response.end('{"id":1}')).listen(Number(new URL(process.env.UPSTREAM_URL).port), '127.0.0.1');
