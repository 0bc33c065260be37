import type { Route } from '../registry.js';
import type { RouteSection } from '../schema/api.schema.js';
import { compilePlugins } from './compile-plugins.js';

/** A prefix without the slash at its end; `/` itself stays. */
export function normalizePath(path: string): string {
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

export function compileRoute(route: RouteSection): Route {
  return {
    paths: route.paths.map(normalizePath),
    stripPath: route.stripPath,
    preserveHost: route.preserveHost,
    methods: [...route.methods],
    hosts: route.hosts.map((host) => host.toLowerCase()),
    scopes: [...route.scopes],
    plugins: compilePlugins(route.plugins),
  };
}
