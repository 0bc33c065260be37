import { isAbsolute } from 'node:path';
import { ArrayNotEmpty, IsArray, IsBoolean, IsOptional } from 'class-validator';
import { ACCESS_LOG_FIELDS, USUAL_ACCESS_LOG_FIELDS } from '../access-log-field.js';
import { Check, judgeText, show } from './check.decorator.js';
import { IsDuration } from './quantity.decorator.js';
import { Doc } from './section.decorator.js';
import { IsWord } from './text.decorator.js';

/** A share of a whole: 0 to 1. */
function IsShare(): PropertyDecorator {
  const judge = (value: unknown): string | null =>
    typeof value === 'number' && value >= 0 && value <= 1
      ? null
      : `must be a share from 0 (none) to 1 (all), such as 0.1, not ${show(value)}`;
  return Check('isShare', judge, { schema: { type: 'number', minimum: 0, maximum: 1 } });
}

function IsLogFile(): PropertyDecorator {
  const judge = judgeText(
    'the absolute path of a file, such as /var/log/gatehouse/access.log',
    (text) => isAbsolute(text) && !text.endsWith('/'),
  );
  return Check('isLogFile', judge, { schema: { type: 'string', pattern: '^/.*[^/]$' } });
}

/** A line of JSON for each call through the gateway. */
export class AccessLogSection {
  @Doc('Whether the gateway writes an access log.')
  @IsOptional()
  @IsBoolean()
  enabled: boolean = false;

  @Doc('Absolute path of the file to append to. Left out: standard output.')
  @IsOptional()
  @IsLogFile()
  file?: string;

  @Doc('What a line says, in this order. Credentials, cookies and values of the query cannot be chosen.')
  @IsOptional()
  @ArrayNotEmpty({ message: 'must name at least one field, such as [time, status]; to write no log, set enabled to false' })
  @IsArray()
  @IsWord(ACCESS_LOG_FIELDS, { each: true })
  fields: string[] = [...USUAL_ACCESS_LOG_FIELDS];

  @Doc('Share of the calls that get a line. Those that end with a 5xx, or whose answer broke off, get one always.')
  @IsOptional()
  @IsShare()
  sample: number = 1;

  @Doc('Calls that take this long get a line always.')
  @IsOptional()
  @IsDuration('1ms', '1h')
  slowerThan?: number | string;
}

/** Warnings of slow calls. */
export class SlowCallsSection {
  @Doc('A call whose answer begins only after this long is warned of.')
  @IsOptional()
  @IsDuration('1ms', '1h')
  threshold: number | string = '10s';
}
