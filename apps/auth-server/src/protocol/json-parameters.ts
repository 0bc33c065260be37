import { Parameters } from './parameters.js';

const STRING_TOKEN = /"(?:[^"\\]|\\.)*"/g;

/**
 * Reads a JSON body: one object whose members are all strings.
 * @returns null where the text is anything else, or names a member twice
 */
export function parseJsonParameters(text: string): Parameters | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const members = Object.entries(value);
  if (!members.every((member): member is [string, string] => typeof member[1] === 'string')) return null;
  // JSON.parse keeps the last of two members of one name. An object of strings alone has two string tokens for each member.
  if ((text.match(STRING_TOKEN)?.length ?? 0) !== 2 * members.length) return null;
  return new Parameters(members);
}
