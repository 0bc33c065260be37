/** What JSON must escape (RFC 8259 §7), and what is not ASCII. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NOT_PLAIN = /["\\\u0000-\u001f\u007f-\uffff]/;
const NOT_ASCII = /[\u007f-\uffff]/g;

/** A string as JSON in ASCII alone, so that a byte is a character. Nearly every one needs no escape, and costs a look only. */
export function jsonText(text: string): string {
  return NOT_PLAIN.test(text) ? JSON.stringify(text).replace(NOT_ASCII, escaped) : `"${text}"`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
