import type { NextFunction, Request, Response } from 'express';
import { securityHeaders } from '#ui/security-headers.js';

const HEADERS = {
  ...securityHeaders(),
  // Caches may keep a page, but must ask: a reload of the config shows at once, and an unchanged page costs a 304.
  'Cache-Control': 'no-cache',
};

/** Sets the header fields that every answer of the portal carries. */
export function pageHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set(HEADERS);
  next();
}
