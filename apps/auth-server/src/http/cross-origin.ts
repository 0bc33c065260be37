import type { Request, Response } from 'express';

/**
 * Lets applications in browsers call an endpoint. Any origin may, because no cookie counts there: what a caller may do hangs on
 * what it sends.
 * @returns true: it was a preflight, and is answered
 */
export function allowAnyOrigin(request: Request, response: Response, methods: 'GET' | 'POST' | 'GET, POST'): boolean {
  response.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'WWW-Authenticate' });
  if (request.method !== 'OPTIONS') return false;
  response
    .status(204)
    .set({
      Allow: `${methods}, OPTIONS`,
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': 'Authorization, Content-Type',
      'Access-Control-Max-Age': '86400',
    })
    .end();
  return true;
}
