import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** `$${` (an escape), or `${…}` up to the first `}`, or a `${` that nobody closed. */
const REFERENCE = /\$\$\{|\$\{([^}]*)\}|\$\{/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FILE = 'file:';
const MAX_FILE_BYTES = 64 * 1024;

export interface ResolvedText {
  readonly value: string;
  /** Whether a variable stood in the text: its value may be a secret and must not be shown. */
  readonly substituted: boolean;
  readonly faults: readonly string[];
}

type VariableReading = { readonly value: string; readonly fault?: undefined } | { readonly fault: string };

/** Reads what stands between `${` and `}`. */
export type ReadVariable = (reference: string) => VariableReading;

/** The variables of one load: `${NAME}`, `${NAME:-default}`, `${file:/path}`; `$${` stands for a plain `${`. */
export class Variables {
  readonly #read: ReadVariable;
  /** Reference → value, of every one that was used: part of the fingerprint. */
  readonly used = new Map<string, string>();

  constructor(read: ReadVariable) {
    this.#read = read;
  }

  resolve(text: string): ResolvedText {
    if (!text.includes('${')) return { value: text, substituted: false, faults: [] };
    const faults: string[] = [];
    let substituted = false;
    const value = text.replace(REFERENCE, (match, reference: string | undefined) => {
      if (match === '$${') return '${';
      substituted = true;
      const outcome = reference === undefined ? { fault: UNCLOSED } : this.#read(reference);
      if (outcome.fault !== undefined) {
        faults.push(outcome.fault);
        return '';
      }
      this.used.set(reference as string, outcome.value);
      return outcome.value;
    });
    return { value, substituted, faults };
  }
}

/** Variables as this process has them now. */
export function readingFrom(environment: NodeJS.ProcessEnv): ReadVariable {
  return (reference) => {
    if (reference.startsWith(FILE)) return readSecretFile(reference.slice(FILE.length));
    const separator = reference.indexOf(':-');
    const name = separator === -1 ? reference : reference.slice(0, separator);
    if (!NAME.test(name)) {
      return {
        fault: `"\${${reference}}" is no variable: write \${NAME}, \${NAME:-default} or \${file:/path}, or $\${ for a plain "\${"`,
      };
    }
    const value = environment[name];
    if (separator !== -1) return { value: value || reference.slice(separator + 2) };
    if (value === undefined) return { fault: `the variable ${name} is not set: set it, or give a default with \${${name}:-…}` };
    return { value };
  };
}

/** Variables as they were when they were recorded. @param values reference → value */
export function readingRecorded(values: ReadonlyMap<string, string>): ReadVariable {
  return (reference) => {
    const value = values.get(reference);
    return value === undefined ? { fault: `the variable \${${reference}} was not recorded` } : { value };
  };
}

const UNCLOSED = '"${" is not closed by "}": close it, or write $${ for a plain "${"';

function readSecretFile(path: string): VariableReading {
  if (!isAbsolute(path)) return { fault: `"\${file:${path}}" must name an absolute path, such as \${file:/run/secrets/name}` };
  try {
    const content = readFileSync(path);
    if (content.length > MAX_FILE_BYTES)
      return { fault: `the file ${path} is longer than ${MAX_FILE_BYTES} bytes: name a file that holds one value` };
    return { value: content.toString('utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const remedy = code === 'ENOENT' ? 'does not exist: make it' : `cannot be read (${code ?? 'unknown error'}): let this process read it`;
    return { fault: `the file ${path} ${remedy}, or name another in \${file:…}` };
  }
}
