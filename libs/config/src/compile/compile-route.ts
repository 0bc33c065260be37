import type { Route } from '../registry.js';
import type { RouteSection } from '../schema/api.schema.js';
import { parseSize } from '../schema/quantity.decorator.js';
import { compilePlugins } from './compile-plugins.js';

/** A prefix without the slash at its end; `/` itself stays. */
export function normalizePath(path: string): string {
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

/** @param outerSize of the API or the installation, where the route says nothing */
export function compileRoute(route: RouteSection, outerSize: number | string | undefined): Route {
  const size = route.maxBodySize ?? outerSize;
  return {
    paths: route.paths.map(normalizePath),
    stripPath: route.stripPath,
    preserveHost: route.preserveHost,
    methods: [...route.methods],
    hosts: route.hosts.map((host) => host.toLowerCase()),
    scopes: [...route.scopes],
    maxBodySize: size === undefined ? null : parseSize(size),
    plugins: compilePlugins(route.plugins),
  };
}
