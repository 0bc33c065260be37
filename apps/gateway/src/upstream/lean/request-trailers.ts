import { isFieldValue } from '../../http1/field-lines.js';

/** RFC 9112 §7.1: the last chunk, and the end of the body. */
export const NO_TRAILERS = '0\r\n\r\n';

/** The end of a chunked body. A trailer may be left out: one that no message may hold is. @param trailers flat names and values */
export function writeTrailers(trailers: readonly string[]): string {
  let text = '0\r\n';
  for (let i = 0; i < trailers.length; i += 2) {
    if (isFieldValue(trailers[i + 1] as string)) text += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
  }
  return `${text}\r\n`;
}
