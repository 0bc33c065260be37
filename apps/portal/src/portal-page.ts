import type { ComponentChildren } from 'preact';
import { LocalAuthMethodConfig } from '#auth-methods/local/local.config.js';
import type { RegistrySnapshot } from '#config/registry.js';
import { pageSite } from '#ui/page/page-site.js';
import { type Page, renderPage } from '#ui/page/render-page.js';

/** Address of one of the portal's own pages, as a browser sees it. */
export type PortalPath = (path: string) => string;

interface PortalPage extends Pick<Page, 'title' | 'width' | 'description'> {
  /** Entry of the navigation that the page belongs to. */
  readonly section?: 'apis';
}

/** Renders a page of the portal with the navigation that all of them share. */
export function portalPage(
  snapshot: RegistrySnapshot,
  { section, ...page }: PortalPage,
  content: (path: PortalPath) => ComponentChildren,
): string {
  const site = pageSite(snapshot, 'portal');
  const path: PortalPath = (to) => `${site.basePath}${to}`;
  const signup = signupUrl(snapshot);
  const nav = [
    { label: 'APIs', href: path('/apis'), current: section === 'apis' },
    ...(signup === null ? [] : [{ label: 'Sign up', href: signup }]),
  ];
  return renderPage({ ...page, site, nav, content: content(path) });
}

/** Where people create an account: by the first of the portal's auth methods that lets them; null where none does. */
function signupUrl({ portal, authMethods, publicUrls }: RegistrySnapshot): string | null {
  const method = portal.authMethods
    .map((id) => authMethods.get(id))
    .find((entry) => entry?.config instanceof LocalAuthMethodConfig && !entry.config.disableSignup);
  return portal.signup && method !== undefined ? `${publicUrls.auth}/${method.id}/signup` : null;
}
