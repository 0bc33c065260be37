/** Where a value stands in a file: map keys and list indexes, from the top. */
export type KeyPath = readonly (string | number)[];

/** One mistake of a config folder. */
export interface ConfigFault {
  /** Path inside the folder, with `/`. */
  readonly file: string;
  /** From 1; of the value, or of the place where a missing one belongs. */
  readonly line: number;
  readonly column: number;
  /** Such as `routes[0].paths`; empty: the file as a whole. */
  readonly keyPath: string;
  /** What was expected, and the remedy. Never holds a secret. */
  readonly message: string;
}

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;

/** Writes a key path as people read it: `routes[0].paths`, `groups["a b"].name`. */
export function formatKeyPath(path: KeyPath): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!PLAIN_KEY.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

/** One line a fault: `file:line:column key.path: message`. */
export function formatFaults(faults: readonly ConfigFault[]): string {
  return faults
    .map(({ file, line, column, keyPath, message }) => `${file}:${line}:${column} ${keyPath === '' ? '' : `${keyPath}: `}${message}`)
    .join('\n');
}

/** Orders faults as a person mends them: file by file, from the top. */
export function sortFaults(faults: readonly ConfigFault[]): ConfigFault[] {
  return [...faults].sort((a, b) => a.file.localeCompare(b.file, 'en') || a.line - b.line || a.column - b.column);
}
