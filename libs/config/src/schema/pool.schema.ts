import { IsArray, IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Doc, SectionList } from './section.decorator.js';
import { IsId, IsLine, IsProse } from './text.decorator.js';

export class PoolPropertySection {
  @Doc('Id of the property.')
  @IsId()
  id!: string;

  @Doc('Label in the form.')
  @IsOptional()
  @IsProse()
  description: string = '';

  @Doc('Whether the form demands it.')
  @IsOptional()
  @IsBoolean()
  required: boolean = false;

  @Doc('Least number of characters.')
  @IsOptional()
  @IsInt()
  @Min(0)
  minLength: number = 0;

  @Doc('Greatest number of characters.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  maxLength: number = 255;

  @Doc('OpenID Connect claim in which the property appears.')
  @IsOptional()
  @IsLine()
  oidcClaim?: string;
}

@Doc('pools/<id>.yaml: what an API asks of its people, once each.')
export class PoolFile {
  @Doc('Name shown to people.')
  @IsLine()
  name!: string;

  @Doc('Registrations belong to a namespace, such as a tenant; who is in which is for the operator to say.')
  @IsOptional()
  @IsBoolean()
  requiresNamespace: boolean = false;

  @Doc('People cannot register by themselves.')
  @IsOptional()
  @IsBoolean()
  disableRegister: boolean = false;

  @Doc('What the registration form asks for.')
  @IsOptional()
  @IsArray()
  @SectionList(() => PoolPropertySection)
  properties: PoolPropertySection[] = [];
}
