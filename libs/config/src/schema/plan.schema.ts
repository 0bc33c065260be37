import { IsBoolean, IsOptional } from 'class-validator';
import { PluginEntrySection } from './plugin-entry.schema.js';
import { Doc, SectionList } from './section.decorator.js';
import { IsId, IsLine, IsProse } from './text.decorator.js';

@Doc('plans/<id>.yaml: on what terms an application subscribes to an API.')
export class PlanFile {
  @Doc('Name shown to people.')
  @IsLine()
  name!: string;

  @Doc('What the plan grants, in a line.')
  @IsOptional()
  @IsProse()
  description: string = '';

  @Doc('Subscriptions wait for an approver. Those that the config folder declares are approved already.')
  @IsOptional()
  @IsBoolean()
  needsApproval: boolean = false;

  @Doc('Id of the group whose members alone may take the plan.')
  @IsOptional()
  @IsId()
  group?: string;

  @Doc('Plugins for the calls of this plan, such as rate-limiting.')
  @IsOptional()
  @SectionList(() => PluginEntrySection)
  plugins: PluginEntrySection[] = [];
}
