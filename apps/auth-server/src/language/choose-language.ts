import { type Language, languages } from './language.js';

/**
 * Chooses the language of a page: what the client asks for (`ui_locales`, OpenID Connect Core §3.1.2.1), then what the browser
 * prefers (Accept-Language, RFC 9110 §12.5.4). Each wish is looked up from its most special form to its most general one (RFC 4647
 * §3.4); unknown ones are passed over.
 */
export function chooseLanguage(uiLocales: string | undefined, acceptLanguage: string | undefined): Language {
  for (const tag of [...(uiLocales ?? '').split(' '), ...preferredTags(acceptLanguage ?? '')]) {
    const language = lookUp(tag);
    if (language !== undefined) return language;
  }
  return languages[0];
}

function lookUp(tag: string): Language | undefined {
  const [wanted = ''] = tag.toLowerCase().split('-');
  return languages.find((language) => language.tag === wanted);
}

/** Tags of Accept-Language by their weight; those of weight 0 are not wanted. */
function preferredTags(field: string): string[] {
  return field
    .split(',')
    .slice(0, 50)
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.map((parameter) => /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i.exec(parameter)?.[1]).find(Boolean);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
