/** RFC 9112 §7.1: the last chunk, and the end of the body. */
export const NO_TRAILERS = '0\r\n\r\n';

/** As for fields of the head (RFC 9110 §5.5). */
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** The end of a chunked body. A trailer may be left out: one that no message may hold is. @param trailers flat names and values */
export function writeTrailers(trailers: readonly string[]): string {
  let text = '0\r\n';
  for (let i = 0; i < trailers.length; i += 2) {
    if (!NOT_IN_VALUE.test(trailers[i + 1] as string)) text += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
  }
  return `${text}\r\n`;
}
