/**
 * The languages of the pages. A language is a file beside this one, whose type is that of the English one (a missing text does not
 * compile), and a line in the list below. Texts hold no markup and import nothing.
 */
import { de } from './de.js';
import { en, type Wording } from './en.js';

export type { Wording } from './en.js';

export interface Language {
  /** BCP 47. */
  readonly tag: string;
  readonly words: Wording;
}

const ENGLISH: Language = { tag: 'en', words: en };

/** The first is spoken where a person wants none of them. */
export const languages: readonly [Language, ...Language[]] = [ENGLISH, { tag: 'de', words: de }];
