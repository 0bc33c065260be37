import { describe, expect, test } from '@jest/globals';
import { chooseLanguage } from './choose-language.js';
import { languages } from './language.js';

describe('OIDC Core §3.1.2.1, RFC 4647 §3.4, RFC 9110 §12.5.4: the language of a page', () => {
  test.each([
    [undefined, undefined, 'en'],
    ['', '', 'en'],
    ['de', undefined, 'de'],
    ['de-CH fr', undefined, 'de'],
    ['fr-CA de en', 'en', 'de'],
    ['en', 'de', 'en'],
    ['fr', 'de', 'de'],
    [undefined, 'de-DE,de;q=0.9,en;q=0.8', 'de'],
    [undefined, 'en;q=0.1, DE;q=0.5', 'de'],
    [undefined, 'fr, de;q=0, en;q=0.1', 'en'],
    [undefined, 'de;q=2', 'de'],
    [undefined, '*', 'en'],
    ['x'.repeat(9_000), ';;;,=,q=,'.repeat(500), 'en'],
  ])('ui_locales %j and Accept-Language %j: %s', (uiLocales, acceptLanguage, tag) => {
    expect(chooseLanguage(uiLocales, acceptLanguage).tag).toBe(tag);
  });
});

test('every text of every language names the same parts', () => {
  const shape = (value: unknown): unknown => {
    if (typeof value === 'string') return [...value.matchAll(/\{\w+\}/g)].map(String).sort();
    if (typeof value === 'function') return shape((value as (...parts: string[]) => unknown)('{a}', '{b}', '{c}'));
    return Object.fromEntries(Object.entries(value as object).map(([key, part]) => [key, shape(part)]));
  };
  for (const language of languages) expect(shape(language.words)).toEqual(shape(languages[0].words));
});
