/** Schemes that run or embed what stands in the URI itself. */
const DANGEROUS = ['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'];

/**
 * Judges a redirect URI for registration (BEHAVIOURS 3).
 * @returns what is wrong and how to mend it; null: it may be registered
 */
export function judgeRedirectUri(text: string, clientType: string): string | null {
  if (/[\s\\]/.test(text) || text.length > 2000) return 'must be a URI of at most 2000 characters without spaces and backslashes';
  if (text.includes('*')) return `"${text}" has a wildcard: list every URI in full (RFC 9700 §2.1)`;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) || !URL.canParse(text))
    return `"${text}" must be an absolute URI, such as https://shop.example.com/callback`;
  if (text.includes('#')) return `"${text}" has a fragment: remove the part from "#" on (RFC 6749 §3.1.2)`;
  const url = new URL(text);
  if (DANGEROUS.includes(url.protocol)) return `the scheme ${url.protocol} may not receive codes: use https`;
  if (url.username || url.password) return 'must not hold a user name or password: remove them';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:') {
    return isLoopback(url.hostname)
      ? null
      : `"${text}" is not encrypted: use https; http is for localhost, 127.0.0.1 and [::1] (RFC 9700 §2.6)`;
  }
  if (clientType !== 'public_native') return `"${text}" must begin with https: a scheme of one's own is for clientType public_native`;
  // RFC 8252 §7.1: a private-use scheme is a domain name of the app's maker, reversed.
  return url.protocol.includes('.')
    ? null
    : `the scheme ${url.protocol} must be a reversed domain name, such as com.example.app: (RFC 8252 §7.1)`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
