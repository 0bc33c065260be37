import type { PluginEntry } from '../registry.js';
import type { PluginEntrySection } from '../schema/plugin-entry.schema.js';

export function compilePlugins(entries: readonly PluginEntrySection[]): PluginEntry[] {
  return entries.map(({ name, config }) => ({ name, config }));
}
