/** What JSON must escape (RFC 8259 §7), and what is not ASCII, which is left to JSON.stringify: it knows about lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NOT_PLAIN = /["\\\u0000-\u001f\u007f-\uffff]/;

/** A string as JSON. Nearly every one needs no escape, and costs a look only. */
export function jsonText(text: string): string {
  return NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;
}
