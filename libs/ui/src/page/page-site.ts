import type { RegistrySnapshot } from '#config/registry.js';
import { siteAssets } from '../assets/site-assets.js';

/** What every page of an installation shows around its content. */
export interface PageSite {
  readonly title: string;
  /** Where the title in the header leads: the portal's home. */
  readonly homeUrl: string;
  /** Path under which the app's own pages stand from the browser's view; empty or such as `/portal`, without a trailing slash. */
  readonly basePath: string;
  readonly logoUrl: string | null;
  readonly iconUrl: string;
  readonly stylesheetUrls: readonly string[];
  readonly scriptUrl: string;
}

/** The two apps that serve pages. */
export type SiteFace = 'auth' | 'portal';

/** @param face the app that serves the page; assets are loaded from it, for the content security policy allows only 'self' */
export function pageSite(snapshot: RegistrySnapshot, face: SiteFace): PageSite {
  const basePath = new URL(snapshot.publicUrls[face]).pathname.replace(/\/+$/, '');
  const assets = siteAssets(snapshot);
  const url = (path: string): string => `${basePath}${path}`;
  return {
    title: snapshot.title,
    homeUrl: `${snapshot.publicUrls.portal}/`,
    basePath,
    logoUrl: assets.logo ? url(assets.logo.path) : null,
    iconUrl: url((assets.logo ?? assets.icon).path),
    stylesheetUrls: [url(assets.stylesheet.path), url(assets.theme.path)],
    scriptUrl: url(assets.script.path),
  };
}
