/** Reads from a page's markup what a person would copy from it. */

/** Texts of the code blocks, in order. */
export function codeBlocksOf(html: string): string[] {
  return [...html.matchAll(/<pre[^>]*><code data-copy-source>([\s\S]*?)<\/code>/g)].map(([, inside]) => textOf(inside as string));
}

/** Values of the copy fields: label → values. */
export function copyFieldsOf(html: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  const pattern = /<span class="copy-field-label">([^<]*)<\/span><code class="copy-field-value" data-copy-source>([^<]*)<\/code>/g;
  for (const [, label = '', value = ''] of html.matchAll(pattern)) fields.set(label, [...(fields.get(label) ?? []), textOf(value)]);
  return fields;
}

function textOf(markup: string): string {
  return markup
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
