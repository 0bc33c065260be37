import { IsOptional } from 'class-validator';
import { Check } from './check.decorator.js';
import { Doc, isMap } from './section.decorator.js';
import { IsLine } from './text.decorator.js';

/** A plugin and its config, on an installation, API, route or plan. */
export class PluginEntrySection {
  @Doc('Name of the plugin.')
  @IsLine()
  name!: string;

  @Doc('Config of the plugin; its keys depend on the plugin.')
  @IsOptional()
  @Check('isMap', (value) => (isMap(value) ? null : 'must be a map of keys and values'), { schema: { type: 'object' } })
  config: object = {};
}
