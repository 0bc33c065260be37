/** Redirect URIs: comparison, and the parameters that go back in them. */

/** Scheme and loopback address, the port, and the rest, which begins a path or query or is nothing (RFC 8252 §7.3). */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::(\d{1,5}))?((?:[/?].*)?)$/s;

/**
 * Whether a redirect URI is one of the registered: equal character by character, but that the port of a loopback address may differ
 * (RFC 9700 §2.1, §4.1.3).
 */
export function matchRedirectUri(registered: readonly string[], sent: string): boolean {
  if (registered.includes(sent)) return true;
  const loopback = LOOPBACK.exec(sent);
  if (loopback === null || Number(loopback[2] ?? 80) > 65_535) return false;
  return registered.some((uri) => {
    const match = LOOPBACK.exec(uri);
    return match !== null && match[1] === loopback[1] && match[3] === loopback[3];
  });
}

/** Parameters of an answer; those that are null are left out. */
type AnswerParameters = Readonly<Record<string, string | null>>;

/** Writes an answer to a client into its redirect URI, where it wants it. */
export function answerTo(
  target: { readonly redirectUri: string; readonly mode: 'query' | 'fragment' },
  parameters: AnswerParameters,
): string {
  if (target.mode === 'query') return appendParameters(target.redirectUri, parameters);
  // A registered URI has no fragment (RFC 6749 §3.1.2).
  return `${target.redirectUri}#${encodeParameters(parameters)}`;
}

/** Adds parameters to the query of a redirect URI, each encoded once (RFC 6749 §4.1.2: a query that is there is kept). */
export function appendParameters(redirectUri: string, parameters: AnswerParameters): string {
  const query = encodeParameters(parameters);
  if (!redirectUri.includes('?')) return `${redirectUri}?${query}`;
  return /[?&]$/.test(redirectUri) ? redirectUri + query : `${redirectUri}&${query}`;
}

function encodeParameters(parameters: AnswerParameters): string {
  return Object.entries(parameters)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

/**
 * What a person is told of where they are sent: host of a web address, scheme of an app's.
 * @param describeApp names an app by its scheme
 */
export function describeRedirectTarget(redirectUri: string, describeApp: (scheme: string) => string): string {
  if (!URL.canParse(redirectUri)) return redirectUri;
  const url = new URL(redirectUri);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : describeApp(url.protocol);
}
