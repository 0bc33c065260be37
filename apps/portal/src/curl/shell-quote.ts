/** Quotes text so that a POSIX shell takes it literally. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Escapes text that stands inside double quotes of a POSIX shell, beside variables that the shell shall fill in. */
export function escapeInDoubleQuotes(text: string): string {
  return text.replace(/["$`\\]/g, '\\$&');
}
