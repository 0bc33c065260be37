import type { AccessLogField } from '../access-log-field.js';
import type { AccessLogSettings } from '../registry.js';
import type { AccessLogSection } from '../schema/observability.schema.js';
import { parseDuration } from '../schema/quantity.decorator.js';

/** @returns null where no access log is written */
export function compileAccessLog({ enabled, file, fields, sample, slowerThan }: AccessLogSection): AccessLogSettings | null {
  if (!enabled) return null;
  return {
    file: file ?? null,
    fields: fields as AccessLogField[],
    sample,
    slowerThan: slowerThan === undefined ? Number.POSITIVE_INFINITY : (parseDuration(slowerThan) as number),
  };
}
