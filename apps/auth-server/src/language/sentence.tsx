import type { ComponentChildren } from 'preact';

/** A text whose `{name}`s are replaced by parts of the page; the order of words is the language's. */
export function Sentence({ text, parts }: { text: string; parts: Readonly<Record<string, ComponentChildren>> }) {
  return <>{text.split(/(\{\w+\})/).map((piece) => (/^\{\w+\}$/.test(piece) ? parts[piece.slice(1, -1)] : piece))}</>;
}
