/** Escaping alone does not make an address safe to follow: `javascript:` and `data:` run or show whatever they hold. */
const FOLLOWABLE = /^(?:https?:|mailto:|[/?#]|\.\.?\/)/i;

export function isFollowable(href: string): boolean {
  return FOLLOWABLE.test(href);
}

/** @throws Error for an address that is neither http(s), mailto nor relative: a page must never be built with one */
export function checkHref(href: string): string {
  if (!isFollowable(href)) throw new Error(`Not an address that a page may link to: ${href.slice(0, 40)}`);
  return href;
}
