/** Tokens, keys, codes and secrets of ours, and JWTs of anybody: wherever a client puts one, it does not get into a record. */
const CREDENTIAL = /gh_[a-z]{2}_[A-Za-z0-9_-]*|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*/g;

/** A text that a client sent, without what looks like a credential. */
export function maskCredentials(text: string): string {
  if (!text.includes('gh_') && !text.includes('eyJ')) return text;
  return text.replace(CREDENTIAL, '*');
}

/** A query with its names and none of its values: `?page=*&code=*`. @param query with its question mark; empty: none */
export function maskQuery(query: string): string {
  return maskCredentials(query.replace(/=[^&]*/g, '=*'));
}
