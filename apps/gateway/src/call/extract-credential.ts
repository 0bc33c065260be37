import type { RequestFields } from '../headers/request-fields.js';

export type CredentialFault = 'token-in-query' | 'credential-twice' | 'two-credentials';

export type ExtractedCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token' | 'key'; readonly secret: string }
  | { readonly kind: 'fault'; readonly fault: CredentialFault };

const SPACE = 32;
const NONE: ExtractedCredential = { kind: 'none' };

/**
 * Finds the one credential of a call. RFC 6750 §2: "Clients MUST NOT use more than one method to transmit the token in each
 * request." A token in the query is refused: URLs are logged and passed on (RFC 9700 §4.3.2).
 */
export function extractCredential(
  accepts: { readonly acceptsToken: boolean; readonly acceptsKey: boolean },
  fields: Pick<RequestFields, 'authorization' | 'authorizationCount' | 'apiKey' | 'apiKeyCount'>,
  query: string,
): ExtractedCredential {
  const { acceptsToken, acceptsKey } = accepts;
  if (acceptsToken && query !== '' && hasTokenParameter(query)) return { kind: 'fault', fault: 'token-in-query' };
  if ((acceptsToken && fields.authorizationCount > 1) || (acceptsKey && fields.apiKeyCount > 1)) {
    return { kind: 'fault', fault: 'credential-twice' };
  }
  const token = acceptsToken ? bearerToken(fields.authorization) : undefined;
  const key = acceptsKey ? fields.apiKey : undefined;
  if (token !== undefined && key !== undefined) return { kind: 'fault', fault: 'two-credentials' };
  if (token !== undefined) return { kind: 'token', secret: token };
  if (key !== undefined && key !== '') return { kind: 'key', secret: key };
  return NONE;
}

/** RFC 9110 §11.1: scheme names are case-insensitive. Another scheme is no credential of this API. */
function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  // Nearly always: one space, and the token; there is none behind a field's value.
  if (authorization.startsWith('Bearer ') && authorization.charCodeAt(7) > SPACE) return authorization.slice(7);
  return /^bearer(?: |$)/i.test(authorization) ? authorization.slice(7).trim() : undefined;
}

/** Whether a query has the parameter `access_token`, however its name is escaped. */
function hasTokenParameter(query: string): boolean {
  if (!query.includes('%') && !query.includes('access_token')) return false;
  return query
    .slice(1)
    .split('&')
    .some((pair) => decoded(pair.split('=', 1)[0] as string) === 'access_token');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
