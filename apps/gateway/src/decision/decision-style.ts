/**
 * What an engine is able to read. `status`: any status and body. `auth_request`: nginx's, which tells a call that is not allowed from
 * an error by 403 alone and drops bodies. `ext_authz`: Envoy's, which asks by the call's own method and path, and copies fields but
 * cannot rename them.
 */
export type DecisionStyle = 'status' | 'auth_request' | 'ext_authz';

export interface DecisionQuestion {
  readonly style: DecisionStyle;
  /** Target of the call; null: it is in X-Forwarded-Uri. */
  readonly target: string | null;
}

const PATH = '/authz';
const PREFIX = `${PATH}/call`;

/** @returns null: the URL is not of the decision endpoint, or asks for something that there is not */
export function readQuestion(url: string): DecisionQuestion | null {
  if (url === PATH) return { style: 'status', target: null };
  if (url === `${PATH}?refusals=403`) return { style: 'auth_request', target: null };
  if (url.startsWith(`${PREFIX}/`)) return { style: 'ext_authz', target: url.slice(PREFIX.length) };
  return null;
}
