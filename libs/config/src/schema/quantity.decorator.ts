import { Check, show } from './check.decorator.js';

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof MILLISECONDS;

/** Reads a duration: seconds as a number, or `500ms`, `30s`, `15m`, `1h`, `14d`. @returns milliseconds; null: no duration */
export function parseDuration(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value * 1_000 : null;
  if (typeof value !== 'string') return null;
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)?$/.exec(value) ?? [];
  return digits === undefined ? null : Number(digits) * MILLISECONDS[(unit ?? 's') as Unit];
}

const BYTES = { b: 1, kb: 1_024, mb: 1_024 ** 2, gb: 1_024 ** 3 } as const;

/** Reads a size: bytes as a number, or `64kb`, `10mb`, `2gb` (of 1,024). @returns bytes; null: no size */
export function parseSize(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null;
  if (typeof value !== 'string') return null;
  const [, digits, unit] = /^(\d{1,9})(b|kb|mb|gb)?$/.exec(value) ?? [];
  return digits === undefined ? null : Number(digits) * BYTES[(unit ?? 'b') as keyof typeof BYTES];
}

/** A size in bytes. @param least as in the config, such as `1kb`; @param greatest likewise */
export function IsSize(least: string, greatest: string): PropertyDecorator {
  const [low, high] = [parseSize(least) as number, parseSize(greatest) as number];
  const judge = (value: unknown): string | null => {
    const size = parseSize(value);
    if (size === null) return `must be a size: bytes as a whole number, or such as 64kb, 10mb, 2gb; not ${show(value)}`;
    return size < low || size > high ? `must be from ${least} to ${greatest}, not ${show(value)}` : null;
  };
  const schema = {
    anyOf: [
      { type: 'integer', minimum: low },
      { type: 'string', pattern: '^[0-9]{1,9}(b|kb|mb|gb)?$' },
    ],
  };
  return Check('isSize', judge, { schema });
}

/**
 * A duration.
 * @param least as in the config, such as `1s`
 * @param greatest likewise
 */
export function IsDuration(least: string, greatest: string): PropertyDecorator {
  const [low, high] = [parseDuration(least) as number, parseDuration(greatest) as number];
  const wholeSeconds = low % 1_000 === 0;
  const judge = (value: unknown): string | null => {
    const duration = parseDuration(value);
    if (duration === null) return `must be a duration: seconds as a whole number, or such as 30s, 15m, 1h, 14d; not ${show(value)}`;
    if (duration < low || duration > high) return `must be from ${least} to ${greatest}, not ${show(value)}`;
    if (wholeSeconds && duration % 1_000 !== 0) return `must be whole seconds, not ${show(value)}`;
    return null;
  };
  const units = wholeSeconds ? 's|m|h|d' : 'ms|s|m|h|d';
  const schema = {
    anyOf: [
      { type: 'integer', minimum: Math.ceil(low / 1_000) },
      { type: 'string', pattern: `^[0-9]{1,9}(${units})?$` },
    ],
  };
  return Check('isDuration', judge, { schema });
}
