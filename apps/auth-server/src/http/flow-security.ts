import type { PageSecurity } from '#ui/security-headers.js';
import type { FlowInProgress } from '../dispatch/flow-in-progress.js';

/** What a flow's pages need of their policy. Clients may run a flow in a pop-up. */
export function flowSecurity(flow: FlowInProgress | null): PageSecurity {
  return flow === null ? {} : { formAction: formActionTowards(flow.target.redirectUri), popup: true };
}

/**
 * Where a form may lead that ends at a client. Browsers hold `form-action` against every redirect that follows a form, beyond the
 * client's redirect URI too: a website may send the person on, so any https address will do. An app is the end of the way.
 */
export function formActionTowards(redirectUri: string): readonly string[] {
  const scheme = new URL(redirectUri).protocol;
  if (scheme === 'https:') return ["'self'", 'https:'];
  return scheme === 'http:' ? ["'self'", 'https:', 'http:'] : ["'self'", scheme];
}
