import { IsBoolean, IsOptional } from 'class-validator';
import { Check } from './check.decorator.js';
import { Doc, isMap } from './section.decorator.js';
import { IsLine, IsProse } from './text.decorator.js';

/** Types that DESIGN names and that are not built yet unless the list of auth method types has them. */
export const PLANNED_AUTH_METHOD_TYPES = ['oidc', 'oauth2', 'github', 'google', 'saml', 'ldap', 'external', 'dummy'] as const;

@Doc('auth-methods/<id>.yaml: a way by which people show who they are. The id is part of its URLs.')
export class AuthMethodFile {
  @Doc('Kind of auth method.')
  @IsLine()
  type!: string;

  @Doc('Friendly name shown to people.')
  @IsLine()
  name!: string;

  @Doc('For whom it is; shown on API pages.')
  @IsOptional()
  @IsProse()
  description: string = '';

  @Doc('Nobody can use a method that is not enabled.')
  @IsOptional()
  @IsBoolean()
  enabled: boolean = true;

  @Doc('Hidden on API pages but for administrators.')
  @IsOptional()
  @IsBoolean()
  protected: boolean = false;

  @Doc('Config of the method; its keys depend on the type.')
  @IsOptional()
  @Check('isMap', (value) => (isMap(value) ? null : 'must be a map of keys and values'), { schema: { type: 'object' } })
  config: object = {};
}
