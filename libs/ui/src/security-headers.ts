export interface PageSecurity {
  /**
   * Where forms of the page may lead, redirects included: browsers hold `form-action` against those too, so a consent form that
   * ends at a client names the origin (or scheme) of the client's redirect URI here.
   */
  readonly formAction?: readonly string[];
  /**
   * Whether clients may open the page in a pop-up and go on to talk to it by `window.opener`. Pages of the authorization flow may
   * be used so; all others are cut off from their opener.
   */
  readonly popup?: boolean;
}

/** Header fields of every page: no script or style but our own files, no framing, no referrer (RFC 9700 §4.2.4, §4.16). */
export function securityHeaders({ formAction = ["'self'"], popup = false }: PageSecurity = {}): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    `form-action ${formAction.map(checkSource).join(' ')}`,
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': popup ? 'unsafe-none' : 'same-origin',
  };
}

/** A source with a blank or a delimiter would write further directives into the policy (CSP3 §2.2.1). */
function checkSource(source: string): string {
  if (!/^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/.test(source)) throw new Error('Not a source of a content security policy');
  return source;
}
