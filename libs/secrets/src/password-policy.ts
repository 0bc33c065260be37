/**
 * Which passwords people may choose (NIST SP 800-63B §3.1.1.2): long ones, whatever they are made of, but none that are tried first.
 * Nothing leaves the machine: the list of common ones is a file of ours.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Characters (code points). */
export const PASSWORD_MIN_LENGTH = 10;
export const PASSWORD_MAX_LENGTH = 256;

export type PasswordDecision = { readonly accepted: true } | { readonly accepted: false; readonly reason: PasswordFault };
export type PasswordFault = 'too-short' | 'too-long' | 'common' | 'is-email';

/** @param email of the person whose password it becomes */
export function decidePassword(password: string, email: string): PasswordDecision {
  const text = password.normalize('NFKC').toLowerCase();
  const length = [...text].length;
  if (length < PASSWORD_MIN_LENGTH) return refuse('too-short');
  if ([...password].length > PASSWORD_MAX_LENGTH) return refuse('too-long');
  if (isOwnAddress(text, email.toLowerCase())) return refuse('is-email');
  return isCommon(text) ? refuse('common') : { accepted: true };
}

function refuse(reason: PasswordFault): PasswordDecision {
  return { accepted: false, reason };
}

function isOwnAddress(text: string, email: string): boolean {
  const [name = ''] = email.split('@');
  return text === email || coreOf(text) === coreOf(email) || (name.length >= 4 && coreOf(text) === coreOf(name));
}

/** On the list; a word of it with a few digits or signs around; few different characters; or a run such as 12345678901. */
function isCommon(text: string): boolean {
  commonPasswords ??= readCommonPasswords();
  const core = coreOf(text);
  if (commonPasswords.has(text) || (commonPasswords.has(core) && text.length - core.length <= 6)) return true;
  return new Set(text).size < 5 || isRun(text);
}

/** Without the digits and signs at both ends, which people add to a word they already have. */
function coreOf(text: string): string {
  return text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
}

/** Each character follows the one before it, up or down. */
function isRun(text: string): boolean {
  const steps = new Set([...text].slice(1).map((character, index) => (character.codePointAt(0) ?? 0) - (text.codePointAt(index) ?? 0)));
  return steps.size === 1 || (steps.size === 2 && steps.has(1) && steps.has(-9));
}

let commonPasswords: ReadonlySet<string> | undefined;

function readCommonPasswords(): ReadonlySet<string> {
  const lines = readFileSync(join(packageFolder(), 'libs/secrets/assets/common-passwords.txt'), 'utf8').split('\n');
  return new Set(lines.filter((line) => !line.startsWith('#')).flatMap((line) => line.split(' ')));
}

/** The folder with package.json above this file, which runs as source (in tests) and from `dist`. */
function packageFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
