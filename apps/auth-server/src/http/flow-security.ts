import type { PageSecurity } from '#ui/security-headers.js';
import type { FlowInProgress } from '../dispatch/flow-in-progress.js';

/**
 * Browsers hold `form-action` against every redirect that follows a form, beyond the client's redirect URI too: a flow's pages let
 * forms end at any https address and at the scheme of the redirect URI. Clients may run a flow in a pop-up.
 */
export function flowSecurity(flow: FlowInProgress | null): PageSecurity {
  if (flow === null) return {};
  const scheme = new URL(flow.target.redirectUri).protocol;
  return { formAction: [...new Set(["'self'", 'https:', scheme])], popup: true };
}
