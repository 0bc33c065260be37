import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

const FIELD_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** Fetch forbids `Access-Control-Allow-Origin: *` with credentials; echoing any origin instead would let every site act for the user. */
@ValidatorConstraint({ name: 'originsNamedWithCredentials' })
class OriginsNamedWithCredentials implements ValidatorConstraintInterface {
  validate(origins: unknown, { object }: ValidationArguments): boolean {
    return !(object as CorsConfig).credentials || !Array.isArray(origins) || !origins.includes('*');
  }

  defaultMessage(): string {
    return 'with credentials: true, origins must name each origin; "*" is not allowed';
  }
}

export class CorsConfig {
  @JSONSchema({ description: 'Origins that may read answers: https://app.example, or * for all.' })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @Matches(/^(\*|null|[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d{1,5})?|[a-z][a-z0-9+.-]*:\/\/\[[0-9a-f:]+\](:\d{1,5})?)$/, {
    each: true,
    message: 'each of origins must be "*" or an origin in lower case without a path, such as https://app.example',
  })
  @Validate(OriginsNamedWithCredentials)
  origins: string[] = ['*'];

  @JSONSchema({ description: 'Methods that a preflight allows.' })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @Matches(/^[A-Z]+$/, { each: true, message: 'each of methods must be a method in upper case' })
  methods: string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

  @JSONSchema({ description: 'Request fields that a preflight allows; absent: those that the preflight asks for.' })
  @IsOptional()
  @IsArray()
  @Matches(FIELD_NAME, { each: true, message: 'each of headers must be a field name' })
  headers?: string[];

  @JSONSchema({ description: 'Response fields that scripts may read.' })
  @IsOptional()
  @IsArray()
  @Matches(FIELD_NAME, { each: true, message: 'each of exposedHeaders must be a field name' })
  exposedHeaders: string[] = [];

  @JSONSchema({ description: 'Let browsers send cookies and client certificates.' })
  @IsOptional()
  @IsBoolean()
  credentials: boolean = false;

  @JSONSchema({ description: "Seconds for which a browser may keep a preflight's answer." })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(86_400)
  maxAge: number = 600;
}
