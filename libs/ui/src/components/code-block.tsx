import type { ComponentChildren } from 'preact';
import { CopyButton } from './copy-button.js';

interface CodeBlockProps {
  label: string;
  /** Text as it is copied. */
  code: string;
  /** Parts of the text that the reader must replace by their own; each occurrence is marked. */
  placeholders?: readonly string[];
}

/** Code that scrolls inside its own frame, reachable by keyboard, with a copy button. */
export function CodeBlock({ label, code, placeholders = [] }: CodeBlockProps) {
  return (
    <figure class="code-block" data-copy="">
      <figcaption>
        <span>{label}</span>
        <CopyButton what={label} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <pre tabIndex={0}>
        <code data-copy-source="">{markPlaceholders(code, placeholders)}</code>
      </pre>
    </figure>
  );
}

function markPlaceholders(code: string, placeholders: readonly string[]): ComponentChildren {
  if (placeholders.length === 0) return code;
  const pattern = new RegExp(`(${placeholders.map((text) => text.replace(/[^\w]/g, '\\$&')).join('|')})`);
  // A split by one capturing group yields text and match in turn.
  return code.split(pattern).map((part, index) => (index % 2 === 1 ? <mark key={String(index)}>{part}</mark> : part));
}
