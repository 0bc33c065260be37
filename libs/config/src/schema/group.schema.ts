import { IsArray, IsBoolean, IsOptional } from 'class-validator';
import { Doc } from './section.decorator.js';
import { IsLine } from './text.decorator.js';

@Doc('A group of people.')
export class GroupSection {
  @Doc('Name shown to people.')
  @IsLine()
  name!: string;

  @Doc('Members administrate the installation.')
  @IsOptional()
  @IsBoolean()
  admin: boolean = false;

  @Doc('Members approve subscriptions.')
  @IsOptional()
  @IsBoolean()
  approver: boolean = false;

  @Doc("Names that identity providers give this group, such as a directory's distinguished name.")
  @IsOptional()
  @IsArray()
  @IsLine({ each: true })
  aliases: string[] = [];
}
