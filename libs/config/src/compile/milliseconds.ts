import { parseDuration } from '../schema/quantity.decorator.js';

/** @param duration checked when it was decoded */
export function milliseconds(duration: number | string): number {
  return parseDuration(duration) as number;
}
