/**
 * Reads a request target into the one path that is matched, authorised and sent upstream (RFC 3986 §6, RFC 9112 §3.2).
 * Unreserved characters are decoded, once; other escapes stay, in upper case; dot segments are resolved; empty segments and path
 * parameters stay as they are. What servers are known to read in two ways is refused: encoded slashes, backslashes, control
 * characters, dot segments with parameters (`/..;/`), dot segments that climb above the root. The query is never touched.
 */

export interface RequestTarget {
  readonly ok: true;
  /** Host and port of an absolute-form target, which overrides Host; null: origin-form. */
  readonly authority: string | null;
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
}

export type TargetFault = 'form' | 'character' | 'fragment' | 'escape' | 'encoded-slash' | 'control' | 'parameter' | 'above-root';

export type TargetReading = RequestTarget | { readonly ok: false; readonly fault: TargetFault };

/** Most paths: nothing in them could be read otherwise. */
const PLAIN_PATH = /^(?:\/(?!\.)[A-Za-z0-9\-._~!$&'()*+,=:@]*)+$/;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#\\@\s]+)(\/.*)?$/i;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

export function readTarget(target: string): TargetReading {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark);
  if (query.includes('#')) return { ok: false, fault: 'fragment' };
  if (PLAIN_PATH.test(path)) return { ok: true, authority: null, path, query };
  if (path.startsWith('/')) return normalise(path, null, query);
  const absolute = ABSOLUTE_FORM.exec(path);
  if (absolute === null) return { ok: false, fault: 'form' };
  return normalise(absolute[2] || '/', absolute[1] as string, query);
}

/** @returns the normal form of a path of the config, or null where it has none */
export function normalisePath(path: string): string | null {
  const reading = normalise(path, null, '');
  return reading.ok ? reading.path : null;
}

function normalise(path: string, authority: string | null, query: string): TargetReading {
  // RFC 3986 §2: a URI is printable ASCII; a backslash is none of its characters, but some servers take it for a slash.
  if (/[^\x21-\x7e]|\\/.test(path)) return { ok: false, fault: 'character' };
  if (path.includes('#')) return { ok: false, fault: 'fragment' };
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return { ok: false, fault: 'escape' };
  if (/%(?:2f|5c)/i.test(path)) return { ok: false, fault: 'encoded-slash' };
  if (/%(?:[01][0-9A-F]|7F)/i.test(path)) return { ok: false, fault: 'control' };
  const decoded = path.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return UNRESERVED.test(character) ? character : triplet.toUpperCase();
  });
  const resolved: string[] = [];
  const segments = decoded.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    if (/^\.{1,2}(?:;|%3B)/.test(segment)) return { ok: false, fault: 'parameter' };
    if (segment === '..' && resolved.pop() === undefined) return { ok: false, fault: 'above-root' };
    if (segment !== '.' && segment !== '..') resolved.push(segment);
    // `/a/.` and `/a/b/..` name the folder: `/a/`.
    else if (index === segments.length - 1) resolved.push('');
  }
  return { ok: true, authority, path: `/${resolved.join('/')}`, query };
}
