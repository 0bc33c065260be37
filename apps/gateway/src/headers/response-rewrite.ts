/** Cookies and locations of an upstream, as clients can use them: by the rules of the config (BEHAVIOURS 90). */
import type { ResponseRewrite } from '#config/registry.js';

/** Rewrites the cookies among flat names and values, in place. */
export function rewriteCookies(fields: string[], rules: ResponseRewrite): void {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    if (name.length === 10 && name.toLowerCase() === 'set-cookie') fields[i + 1] = rewriteCookie(fields[i + 1] as string, rules);
  }
}

/** What no rule fits stays as it is, to the letter. */
function rewriteCookie(cookie: string, { cookieDomains, cookiePaths }: ResponseRewrite): string {
  const [pair = '', ...attributes] = cookie.split(';');
  // Such a cookie is taken only with the path `/` (RFC 6265bis §4.1.3.2).
  const bound = /^\s*__host-/i.test(pair);
  const kept = attributes.flatMap((attribute) => {
    const [, name = '', text = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(attribute) ?? [];
    if (text === '') return [attribute];
    if (name.toLowerCase() === 'domain') {
      // RFC 6265 §5.2.3: a dot before it means nothing.
      const domain = text.toLowerCase().replace(/^\./, '');
      const rule = cookieDomains.find(({ from }) => from === '*' || from === domain);
      if (rule === undefined) return [attribute];
      return rule.to === null ? [] : [` Domain=${rule.to}`];
    }
    if (name.toLowerCase() !== 'path' || bound) return [attribute];
    const path = replacePrefix(text, cookiePaths);
    return [path === null ? attribute : ` Path=${path === '' ? '/' : path}`];
  });
  return [pair, ...kept].join(';');
}

/** @returns null: no rule fits */
export function replacePrefix(text: string, rules: readonly { readonly from: string; readonly to: string }[]): string | null {
  for (const { from, to } of rules) {
    if (text.startsWith(from) && /^(?:[/?#]|$)/.test(text.slice(from.length))) return to + text.slice(from.length);
  }
  return null;
}
