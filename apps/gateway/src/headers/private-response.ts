/** RFC 9111 §3.5: what lets a shared cache keep an answer to a request with Authorization, and what forbids it anyway. */
const SAYS_WHO = /(?:^|[,\s])(?:public|private|no-store|s-maxage|must-revalidate)(?:$|[,\s=])/i;

/**
 * Shared caches know that Authorization makes an answer personal; of an API key they know nothing. So an answer to a call with a key
 * gets the same protection by `private`.
 * @param fields flat names and values; added to
 */
export function keepPrivate(fields: string[]): void {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    if (name.length === 13 && name.toLowerCase() === 'cache-control' && SAYS_WHO.test(fields[i + 1] as string)) return;
  }
  fields.push('Cache-Control', 'private');
}
