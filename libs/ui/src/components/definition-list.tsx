import type { ComponentChildren } from 'preact';

export interface Definition {
  readonly term: ComponentChildren;
  readonly text: ComponentChildren;
}

interface DefinitionListProps {
  definitions: readonly Definition[];
  /** Beside each other where there is room. */
  row?: boolean;
}

export function DefinitionList({ definitions, row = false }: DefinitionListProps) {
  return (
    <dl class={row ? 'definitions definitions-row' : 'definitions'}>
      {definitions.map(({ term, text }, index) => (
        <div key={String(index)}>
          <dt>{term}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
