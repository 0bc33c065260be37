import { Parameters } from './parameters.js';

/**
 * Reads application/x-www-form-urlencoded text (a body or a query). Unlike URLSearchParams it tells text that is not UTF-8 apart, so
 * that nothing is returned to a client changed.
 */
export function parseFormParameters(text: string): Parameters {
  return new Parameters(
    text
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=');
        const name = equals === -1 ? pair : pair.slice(0, equals);
        return [decodeFormText(name) ?? '', equals === -1 ? '' : decodeFormText(pair.slice(equals + 1))] as const;
      })
      .filter(([name]) => name !== ''),
  );
}

/** Undoes form encoding (WHATWG URL §5.1); null where the escapes are not UTF-8. */
export function decodeFormText(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
