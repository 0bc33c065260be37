import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Asset, makeAsset } from './asset.js';

/** In the order of the cascade. */
const STYLESHEETS = ['tokens.css', 'base.css', 'layout.css', 'controls.css', 'content.css', 'portal.css'] as const;
const SCRIPT = 'copy.js';

/** The files of libs/ui/assets, read once when the app starts. */
export const builtInAssets: { readonly stylesheet: Asset; readonly script: Asset } = {
  stylesheet: makeAsset('gatehouse', 'css', 'text/css; charset=utf-8', STYLESHEETS.map(readAsset).join('\n')),
  script: makeAsset('copy', 'js', 'text/javascript; charset=utf-8', readAsset(SCRIPT)),
};

function readAsset(file: string): string {
  return readFileSync(join(packageFolder(), 'libs/ui/assets', file), 'utf8');
}

/** The folder with package.json above this file, which runs as source (in tests) and from `dist`. */
function packageFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
