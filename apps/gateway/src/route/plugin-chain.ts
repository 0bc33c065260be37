import type { PluginEntry } from '#config/registry.js';
import type { CounterStore, GatewayPlugin, PluginHooks } from '#plugins/gateway-plugin.js';
import { PLUGIN_ORDER } from '#plugins/plugin-order.js';

/** The hooks that a call runs, phase by phase, in the order of `PLUGIN_ORDER`. */
export interface PluginChain {
  readonly request: readonly NonNullable<PluginHooks['request']>[];
  readonly access: readonly NonNullable<PluginHooks['access']>[];
  readonly response: readonly NonNullable<PluginHooks['response']>[];
  readonly log: readonly NonNullable<PluginHooks['log']>[];
  /** Whether every plugin says of itself that it is. */
  readonly repeatable: boolean;
}

/** Where plugins were configured, with their entries. `name` as in `PluginDeps.scope`. */
export interface PluginLevel {
  readonly name: string;
  readonly entries: readonly PluginEntry[];
}

/**
 * Of several entries for one plugin the narrower wins, whole.
 * @param levels from the widest: installation, API, route, plan
 */
export function mergePlugins(levels: readonly PluginLevel[]): { readonly entry: PluginEntry; readonly scope: string }[] {
  const merged = new Map<string, { entry: PluginEntry; scope: string }>();
  for (const { name, entries } of levels) for (const entry of entries) merged.set(entry.name, { entry, scope: name });
  return [...merged.values()].sort((a, b) => place(a.entry.name) - place(b.entry.name));
}

function place(name: string): number {
  const index = PLUGIN_ORDER.indexOf(name);
  return index === -1 ? PLUGIN_ORDER.length : index;
}

/** Compiles chains; each entry of the config once, however many chains it is in. */
export class PluginCompiler {
  readonly #plugins: ReadonlyMap<string, GatewayPlugin>;
  readonly #counters: CounterStore;
  readonly #compiled = new Map<PluginEntry, PluginHooks>();

  constructor(plugins: readonly GatewayPlugin[], counters: CounterStore) {
    this.#plugins = new Map(plugins.map((plugin) => [plugin.name, plugin]));
    this.#counters = counters;
  }

  /** @throws Error for a plugin that this release does not have; the config refuses such an entry before */
  compileChain(levels: readonly PluginLevel[]): PluginChain {
    const plugins = mergePlugins(levels);
    const hooks = plugins.map(({ entry, scope }) => this.#hooksOf(entry, scope));
    return {
      request: hooks.flatMap((hook) => hook.request?.bind(hook) ?? []),
      access: hooks.flatMap((hook) => hook.access?.bind(hook) ?? []),
      response: hooks.flatMap((hook) => hook.response?.bind(hook) ?? []),
      log: hooks.flatMap((hook) => hook.log?.bind(hook) ?? []),
      repeatable: plugins.every(({ entry }) => this.#plugins.get(entry.name)?.repeatable === true),
    };
  }

  #hooksOf(entry: PluginEntry, scope: string): PluginHooks {
    let hooks = this.#compiled.get(entry);
    if (hooks === undefined) {
      const plugin = this.#plugins.get(entry.name);
      if (plugin === undefined) throw new Error(`No plugin "${entry.name}"`);
      hooks = plugin.compile(entry.config, { counters: this.#counters, scope });
      this.#compiled.set(entry, hooks);
    }
    return hooks;
  }
}
