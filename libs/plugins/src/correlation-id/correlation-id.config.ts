import { IsBoolean, IsOptional, IsString, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

export class CorrelationIdConfig {
  @JSONSchema({ description: 'Field that carries the id towards the upstream, and back to the client.' })
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z0-9-]{1,64}$/, { message: 'header must be a field name of letters, digits and hyphens' })
  header: string = 'X-Correlation-Id';

  @JSONSchema({ description: 'Take an id that the client sent, where it is well-formed.' })
  @IsOptional()
  @IsBoolean()
  acceptFromClient: boolean = true;

  @JSONSchema({ description: 'Send the id back to the client.' })
  @IsOptional()
  @IsBoolean()
  echo: boolean = true;
}
