/** Longest text of a search that is read. */
const MAX_LENGTH = 200;

/** @returns the first of the values that a query parameter came with; empty where there is none */
export function firstText(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.slice(0, MAX_LENGTH) : '';
}
