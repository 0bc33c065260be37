/** User codes of devices (RFC 8628 §6.1): short, without vowels (no words) and without letters that look like digits. */
import { randomInt } from 'node:crypto';

/** 20 letters: 8 of them are 34 bits, enough with codes that live for minutes and guesses that are counted. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;

/** As it is stored: letters alone. */
export function newUserCode(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** As people see it: `BCDF-GHJK`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/**
 * Reads what a person typed: case, dashes and blanks do not count ("the server should remove any characters that are not in the
 * user code character set").
 * @returns null where it can be no user code
 */
export function parseUserCode(typed: string): string | null {
  if (typed.length > 100) return null;
  const code = typed.toUpperCase().replace(/[\s\p{P}]/gu, '');
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null;
}
