import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { escapeInDoubleQuotes, quoteLiteral } from './shell-quote.js';

// The shell itself judges.
const echo = (argument: string): string => execFileSync('sh', ['-c', `printf %s ${argument}`], { encoding: 'utf8' });
const NASTY = ["it's", '$(id)', '`id`', 'a"b', 'back\\slash', '$HOME', '; rm -rf x', "'; id; '"];

test.each(NASTY)('G: %j stays what it is between single quotes', (text) => {
  expect(echo(quoteLiteral(text))).toBe(text);
});

test.each(NASTY)('G: %j stays what it is between double quotes', (text) => {
  expect(echo(`"${escapeInDoubleQuotes(text)}"`)).toBe(text);
});
