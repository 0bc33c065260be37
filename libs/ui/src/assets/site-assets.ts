import type { RegistrySnapshot, ThemeLogo } from '#config/registry.js';
import { formatHexColor, parseHexColor } from '../theme/color.js';
import { themeStylesheet } from '../theme/theme-stylesheet.js';
import { type Asset, makeAsset } from './asset.js';
import { builtInAssets } from './built-in-assets.js';

/** Everything that the pages of an installation load. */
export interface SiteAssets {
  readonly stylesheet: Asset;
  readonly script: Asset;
  /** Colours of the installation. */
  readonly theme: Asset;
  /** The gate in the installation's colour: icon of those that have no logo. */
  readonly icon: Asset;
  readonly logo: Asset | null;
}

const made = new WeakMap<RegistrySnapshot, SiteAssets>();

export function siteAssets(snapshot: RegistrySnapshot): SiteAssets {
  let assets = made.get(snapshot);
  if (assets === undefined) {
    const { color, logo } = snapshot.portal.theme;
    assets = {
      ...builtInAssets,
      theme: makeAsset('theme', 'css', 'text/css; charset=utf-8', themeStylesheet(color)),
      icon: makeAsset('icon', 'svg', 'image/svg+xml', gateIcon(color)),
      logo: logo && logoAsset(logo),
    };
    made.set(snapshot, assets);
  }
  return assets;
}

function logoAsset(logo: ThemeLogo): Asset {
  // The ending serves those who read the address; the content type is what counts.
  const ending = /^image\/([a-z]+)/.exec(logo.contentType)?.[1] ?? 'img';
  return makeAsset('logo', ending, logo.contentType, logo.bytes);
}

function gateIcon(color: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="${formatHexColor(parseHexColor(color))}"><path d="M4 28V15C4 8.4 9.4 3 16 3s12 5.4 12 12v13h-6V15a6 6 0 0 0-12 0v13z"/><path d="M14 28V15a2 2 0 0 1 4 0v13z"/></svg>`;
}
