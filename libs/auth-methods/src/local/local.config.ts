import { IsBoolean, IsOptional } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** `config` of an auth method of type `local`. */
export class LocalAuthMethodConfig {
  @JSONSchema({ description: 'People count as validated without having confirmed their e-mail address.' })
  @IsOptional()
  @IsBoolean()
  trustUsers: boolean = false;

  @JSONSchema({ description: 'Nobody can create an account through this method; those who have one log in.' })
  @IsOptional()
  @IsBoolean()
  disableSignup: boolean = false;
}
