import type { Api, Plan, PluginEntry, RegistrySnapshot } from '#config/registry.js';
import type { RateLimitingConfig } from '#plugins/rate-limiting/rate-limiting.config.js';

const PLUGIN = 'rate-limiting';

/** Windows of the rate-limiting plugin, shortest first. */
const WINDOWS = ['second', 'minute', 'hour', 'day'] as const;

/** Says in plain words how often an application on a plan may call an API: "10 calls a second, 1,000 a day". */
export function wordPlanLimits(snapshot: RegistrySnapshot, api: Api, plan: Plan): string {
  // The narrower place wins: plan over route over API over installation.
  const routesDiffer = !has(plan.plugins) && api.routes.some((route) => has(route.plugins));
  const rest = routesDiffer ? '; some addresses have limits of their own' : '';
  return `${wordLimits([plan.plugins, api.plugins, snapshot.plugins]) ?? 'Unlimited calls'}${rest}`;
}

/** The limits of an API that is open to everyone, which has no plans; null where there are none. */
export function wordOpenLimits(snapshot: RegistrySnapshot, api: Api): string | null {
  return api.auth.length === 0 ? wordLimits([api.plugins, snapshot.plugins]) : null;
}

/** @param places narrower ones first */
function wordLimits(places: readonly (readonly PluginEntry[])[]): string | null {
  const config = places.flat().find((plugin) => plugin.name === PLUGIN)?.config as RateLimitingConfig | undefined;
  const limits = WINDOWS.flatMap((window) => {
    const count = config?.[window];
    return count === undefined ? [] : [{ window, count }];
  });
  if (limits.length === 0) return null;
  return limits.map(({ window, count }, index) => wordLimit(window, count, index === 0)).join(', ');
}

function has(plugins: readonly PluginEntry[]): boolean {
  return plugins.some((plugin) => plugin.name === PLUGIN);
}

function wordLimit(window: (typeof WINDOWS)[number], count: number, first: boolean): string {
  const calls = first ? ` ${count === 1 ? 'call' : 'calls'}` : '';
  return `${count.toLocaleString('en')}${calls} ${window === 'hour' ? 'an' : 'a'} ${window}`;
}
