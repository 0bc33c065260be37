import type { ValidationError } from 'class-validator';
import { show } from '../schema/check.decorator.js';

/** What class-validator says where nobody chose other words → what we say. */
const OUR_WORDS: Readonly<Record<string, string>> = {
  'must be a boolean value': 'must be true or false',
  'must be an integer number': 'must be a whole number',
  'must be a number conforming to the specified constraints': 'must be a number',
  'must be an array': 'must be a list, such as [a, b]',
  'must be a string': 'must be a string; put it in quotes',
  'must be an object': 'must be a map of keys and values',
};
/** A value of the wrong type fails further checks too; what they say does not help. */
const TYPE_CHECKS = ['notBuiltYet', 'isArray', 'isSection', 'isBoolean', 'isInt', 'isNumber', 'isString', 'isObject'];

/** The one check that says most about a value that failed several. */
export function decisiveCheck(constraints: Record<string, string>): string {
  const names = Object.keys(constraints);
  return TYPE_CHECKS.find((name) => names.includes(name)) ?? names.find((name) => name !== 'nestedValidation') ?? names[0] ?? '';
}

/** Says what was expected of a value and how to mend it. */
export function explainConstraint({ property, value, constraints = {} }: ValidationError, check: string): string {
  const expectation = (constraints[check] ?? '').replace(new RegExp(`^(each value in )?(nested property )?${property} `), '');
  const ours = OUR_WORDS[expectation];
  if (value === undefined) return `is missing: it ${(ours ?? expectation).replace(/[,;] not nothing$/, '')}`;
  return ours === undefined ? expectation : `${ours}, not ${show(value)}`;
}
