import { jsonText } from './json-text.js';

/** Tokens, keys, codes and secrets of ours, and JWTs of anybody: wherever a client puts one, it does not get into a record. */
const CREDENTIAL = /gh_[a-z]{2}_[A-Za-z0-9_-]*|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*/g;

/** What JSON must escape, what is not ASCII, and what a credential begins with: a text without any of it is written as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NOT_PLAIN = /["\\\u0000-\u001f\u007f-\uffff]|gh_|eyJ/;

/** A text that a client sent as JSON, without what looks like a credential; one look, mostly. */
export function maskedJson(text: string): string {
  return NOT_PLAIN.test(text) ? jsonText(maskCredentials(text)) : `"${text}"`;
}

/** A text that a client sent, without what looks like a credential. */
export function maskCredentials(text: string): string {
  if (!text.includes('gh_') && !text.includes('eyJ')) return text;
  return text.replace(CREDENTIAL, '*');
}

/** A query with its names and none of its values: `?page=*&code=*`. @param query with its question mark; empty: none */
export function maskQuery(query: string): string {
  return maskCredentials(query.replace(/=[^&]*/g, '=*'));
}
