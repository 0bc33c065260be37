import type { Route } from '#config/registry.js';

/**
 * Names the routes of one API in metrics and traces: by their first path, as the config has it. Of several with the same first path,
 * the later ones get their place in the list added.
 */
export function routeLabels(routes: readonly Pick<Route, 'paths'>[]): string[] {
  const taken = new Set<string>();
  return routes.map(({ paths }, index) => {
    const path = paths[0] ?? '/';
    const label = taken.has(path) ? `${path} #${index}` : path;
    taken.add(path);
    return label;
  });
}
