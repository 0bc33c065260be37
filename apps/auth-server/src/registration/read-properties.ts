import type { Pool, PoolProperty } from '#config/registry.js';
import type { RegistrationProperties } from '#persistence/registration/registration.store.js';
import type { Parameters } from '../protocol/parameters.js';

export type PropertyFault = 'missing' | 'too-short' | 'too-long' | 'malformed';

export interface ReadProperties {
  /** As they were typed, without blanks around them; those that were left empty are left out. */
  readonly values: RegistrationProperties;
  /** By the ids of the properties. */
  readonly faults: ReadonlyMap<string, PropertyFault>;
}

/** Name of the form's field of a property. */
export function fieldName(property: PoolProperty): string {
  return `property-${property.id}`;
}

/** Reads the form of a pool; what the pool does not ask for is left alone. */
export function readProperties(pool: Pool, form: Parameters): ReadProperties {
  const read = pool.properties.map((property) => {
    const value = (form.get(fieldName(property)) ?? '').trim();
    const fault = form.faultOf(fieldName(property)) === undefined ? judge(property, value) : 'malformed';
    return { id: property.id, value, fault };
  });
  return {
    values: Object.fromEntries(read.filter(({ value }) => value !== '').map(({ id, value }) => [id, value])),
    faults: new Map(read.flatMap(({ id, fault }) => (fault === null ? [] : [[id, fault] as const]))),
  };
}

function judge({ required, minLength, maxLength }: PoolProperty, value: string): PropertyFault | null {
  if (value === '') return required ? 'missing' : null;
  // One line of text: it goes into tokens and other people's forms.
  if (/\p{Cc}/u.test(value)) return 'malformed';
  const length = [...value].length;
  if (length < minLength) return 'too-short';
  return length > maxLength ? 'too-long' : null;
}
