import type { AuthScheme } from '../registry.js';

/** The credentials that an API's `auth` accepts; `none` accepts nothing and needs nothing. */
export function schemesOf(auth: string | readonly string[] | undefined): AuthScheme[] {
  if (auth === undefined || auth === 'none') return [];
  return (typeof auth === 'string' ? [auth] : [...auth]) as AuthScheme[];
}
