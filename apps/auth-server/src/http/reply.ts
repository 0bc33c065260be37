/** How answers are written: everything of a flow is for one client and one moment, so nothing of it is kept by a cache. */
import type { Response } from 'express';
import { type PageSecurity, securityHeaders } from '#ui/security-headers.js';

/** RFC 6749 §5.1: codes, tokens and pages of a flow are not stored. */
export const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

export interface Redirect {
  /** 303 inside a flow, so that a POST with a password is never repeated (RFC 9700 §4.12); 302 back to a client. */
  readonly status: 302 | 303;
  readonly location: string;
}

/** What a header field cannot hold: a redirect URI may have been registered with letters beyond ASCII. */
const NOT_IN_FIELD = /[^\x21-\x7e]/gu;

export function sendRedirect(response: Response, redirect: Redirect): void {
  response
    .status(redirect.status)
    .set({ ...NO_STORE, 'Referrer-Policy': 'no-referrer', Location: redirect.location.replace(NOT_IN_FIELD, encodeURIComponent) })
    .end();
}

export function sendPage(response: Response, status: number, html: string, security?: PageSecurity): void {
  response
    .status(status)
    .set({ ...NO_STORE, ...securityHeaders(security), 'Content-Type': 'text/html; charset=utf-8' })
    .end(html);
}

/** The query of a request as it came. */
export function rawQuery(request: { readonly originalUrl: string }): string {
  const mark = request.originalUrl.indexOf('?');
  return mark === -1 ? '' : request.originalUrl.slice(mark + 1);
}
