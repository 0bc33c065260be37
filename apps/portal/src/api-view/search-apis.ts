import type { Api } from '#config/registry.js';

export interface ApiSearch {
  /** Words that must all occur. */
  readonly text: string;
  /** Exact tag; empty: any. */
  readonly tag: string;
}

/** Keeps the APIs in whose name, id, summary, tags or description every word occurs, in whatever case. */
export function searchApis(apis: readonly Api[], { text, tag }: ApiSearch): Api[] {
  const words = fold(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  return apis.filter((api) => {
    if (tag !== '' && !api.tags.includes(tag)) return false;
    const haystack = fold([api.name, api.id, api.summary, ...api.tags, api.description].join('\n'));
    return words.every((word) => haystack.includes(word));
  });
}

/** "Café" is found by "cafe". */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

/** Every tag in use, in order. */
export function tagsOf(apis: readonly Api[]): string[] {
  return [...new Set(apis.flatMap((api) => api.tags))].sort((one, other) => one.localeCompare(other, 'en'));
}
