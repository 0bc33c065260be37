import { IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

const COUNT = { message: '$property must be a whole number of calls from 1 to 1000000000' };
const HOUR = { message: 'hour must be a whole number of calls from 1 to 1000000000; name at least one of second, minute, hour, day' };

/** Calls allowed in each fixed window; at least one window is named. */
export class RateLimitingConfig {
  @JSONSchema({ description: 'Calls allowed in each second.' })
  @IsOptional()
  @IsInt(COUNT)
  @Min(1, COUNT)
  @Max(1e9, COUNT)
  second?: number;

  @JSONSchema({ description: 'Calls allowed in each minute.' })
  @IsOptional()
  @IsInt(COUNT)
  @Min(1, COUNT)
  @Max(1e9, COUNT)
  minute?: number;

  // Checked also where no window is named at all, so that an empty config is an error.
  @JSONSchema({ description: 'Calls allowed in each hour.' })
  @ValidateIf((config: RateLimitingConfig) => config.hour != null || (config.second == null && config.minute == null && config.day == null))
  @IsInt(HOUR)
  @Min(1, HOUR)
  @Max(1e9, HOUR)
  hour?: number;

  @JSONSchema({ description: 'Calls allowed in each day.' })
  @IsOptional()
  @IsInt(COUNT)
  @Min(1, COUNT)
  @Max(1e9, COUNT)
  day?: number;
}
