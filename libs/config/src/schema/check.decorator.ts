import { registerDecorator } from 'class-validator';

/** Says what was expected and how to mend it, quoting the value as `"…"`; null: the value is right. */
export type Judge = (value: unknown) => string | null;

export interface CheckOptions {
  /** The judge sees each element of a list. */
  readonly each?: boolean;
  /** JSON Schema of what the judge accepts. */
  readonly schema?: Record<string, unknown>;
}

/** Key of the JSON Schema among the constraints of a check. */
export interface CheckConstraint {
  readonly jsonSchema: Record<string, unknown>;
}

/** Names of all checks, by which the generator of JSON Schemas knows them. */
export const CHECK_NAMES = new Set<string>();

/** A class-validator check made of one function that both judges and explains. */
export function Check(name: string, judge: Judge, options: CheckOptions = {}): PropertyDecorator {
  return (target, property) => {
    CHECK_NAMES.add(name);
    const constraint: CheckConstraint = { jsonSchema: options.schema ?? {} };
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: property as string,
      constraints: [constraint],
      options: { each: options.each ?? false },
      validator: {
        validate: (value) => judge(value) === null,
        defaultMessage: (args) => {
          const values: unknown[] = options.each && Array.isArray(args?.value) ? args.value : [args?.value];
          return values.map(judge).find((message) => message !== null) ?? 'is not valid';
        },
      },
    });
  };
}

/** Writes a value for a message; a long one is cut. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 57)}…` : value}"`;
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  return `the ${typeof value} ${String(value)}`;
}

/** Judges a string; what is no string is refused with the same expectation. */
export function judgeText(expected: string, accepts: (text: string) => boolean): Judge {
  return (value) => (typeof value === 'string' && accepts(value) ? null : `must be ${expected}, not ${show(value)}`);
}
