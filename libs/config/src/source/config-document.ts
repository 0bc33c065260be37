import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { type ConfigFault, formatKeyPath, type KeyPath } from '../config-fault.js';
import type { Variables } from './variables.js';

const MAX_DEPTH = 32;
/** Values of one file, aliases expanded: what keeps a few lines of aliases from growing without bound. */
const MAX_VALUES = 50_000;

/** One YAML file: its plain value with variables resolved, and the position of every part of it. */
export class ConfigDocument {
  /** The file's value; undefined where it could not be read. Maps have no prototype. */
  readonly plain: unknown;
  readonly #lines = new LineCounter();
  readonly #yaml: Document.Parsed | null;
  readonly #distrusted = new Set<string>();
  /** Key path → text as written, of the values that hold a variable. */
  readonly #substituted = new Map<string, { readonly written: string; readonly value: string }>();

  /** @param faults syntax errors, duplicate keys and missing variables are added here */
  constructor(
    readonly file: string,
    text: string,
    variables: Variables,
    faults: ConfigFault[],
  ) {
    this.#yaml = this.#parse(text, faults);
    if (this.#yaml !== null) this.plain = this.#read(this.#yaml, variables, faults);
  }

  /**
   * A fault of the value at a path; where there is none, of the nearest part around it. A value that a variable gave is shown as it
   * is written, since it may be a secret.
   * @param at whether the value is wrong, or its key
   */
  fault(path: KeyPath, message: string, at: 'value' | 'key' = 'value'): ConfigFault {
    const substitution = this.#substituted.get(formatKeyPath(path));
    const shown = substitution ? message.replaceAll(`"${substitution.value}"`, () => `"${substitution.written}"`) : message;
    return { file: this.file, ...this.#position(path, at), keyPath: formatKeyPath(path), message: shown };
  }

  /** Remembers that the value at a path is wrong, so that what follows from it is not reported as well. */
  distrust(path: KeyPath): void {
    this.#distrusted.add(formatKeyPath(path));
  }

  /** Whether the value at a path, a part of it or something around it is known to be wrong. */
  isDistrusted(path: KeyPath): boolean {
    const wanted = formatKeyPath(path);
    const holds = (outer: string, inner: string): boolean => inner.startsWith(outer) && /^[.[]|^$/.test(inner.slice(outer.length));
    return [...this.#distrusted].some((wrong) => wanted !== '' && (holds(wrong, wanted) || holds(wanted, wrong)));
  }

  isSubstituted(path: KeyPath): boolean {
    return this.#substituted.has(formatKeyPath(path));
  }

  #parse(text: string, faults: ConfigFault[]): Document.Parsed | null {
    let yaml: Document.Parsed;
    try {
      yaml = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, logLevel: 'error', version: '1.2', stringKeys: false });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push({ file: this.file, line: 1, column: 1, keyPath: '', message: `is nested too deeply: at most ${MAX_DEPTH} levels` });
      return null;
    }
    const problems = [...yaml.errors, ...yaml.warnings];
    for (const problem of problems) {
      faults.push({ file: this.file, ...this.#at(problem.pos[0]), keyPath: '', message: explainSyntaxError(problem) });
    }
    return problems.length > 0 ? null : yaml;
  }

  #read(yaml: Document.Parsed, variables: Variables, faults: ConfigFault[]): unknown {
    let count = 0;
    const before = faults.length;

    const read = (node: unknown, path: KeyPath): unknown => {
      count += 1;
      if (path.length > MAX_DEPTH || count > MAX_VALUES) return undefined;
      if (isAlias(node)) return read(node.resolve(yaml) ?? refuse(path, 'this alias names no anchor above it: define one with &'), path);
      if (isScalar(node)) return typeof node.value === 'string' ? readText(node.value, path) : node.value;
      if (isSeq(node)) return node.items.map((item, index) => read(item, [...path, index]));
      if (!isMap(node)) return null;
      const map = Object.create(null) as Record<string, unknown>;
      for (const { key, value } of node.items) {
        const name = isScalar(key) && key.value !== null ? String(key.value) : null;
        if (name === null) faults.push(this.fault(path, 'has a key that is no plain word: write `name: value`'));
        else map[name] = read(value, [...path, name]);
      }
      return map;
    };

    const readText = (text: string, path: KeyPath): string => {
      const resolved = variables.resolve(text);
      if (resolved.substituted) this.#substituted.set(formatKeyPath(path), { written: text, value: resolved.value });
      for (const message of resolved.faults) refuse(path, message);
      return resolved.value;
    };

    const refuse = (path: KeyPath, message: string): null => {
      faults.push(this.fault(path, message));
      this.distrust(path);
      return null;
    };

    const plain = read(yaml.contents, []);
    if (count > MAX_VALUES || exceedsDepth(plain)) {
      faults.splice(before);
      faults.push(
        this.fault([], `holds more than ${MAX_VALUES} values or ${MAX_DEPTH} levels, aliases expanded: split it, use fewer aliases`),
      );
      return undefined;
    }
    return plain;
  }

  /** Of a scalar its own place; of a map or list that of its key, since it begins a line later. */
  #position(path: KeyPath, at: 'value' | 'key' = 'value'): { line: number; column: number } {
    let node: Node | null = this.#yaml?.contents ?? null;
    let offset = node && isCollection(node) ? (node.range?.[0] ?? 0) : 0;
    for (const [index, key] of path.entries()) {
      const holder: Node | null = node && isAlias(node) && this.#yaml ? (node.resolve(this.#yaml) ?? null) : node;
      if (isMap(holder)) {
        const pair = holder.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
        if (!isPair(pair)) break;
        const [name, value] = [pair.key as Node, pair.value as Node | null];
        const isKey = at === 'key' && index === path.length - 1;
        const begin = !isKey && (isAlias(value) || (isScalar(value) && !isEmpty(value))) ? value : name;
        offset = begin.range?.[0] ?? offset;
        node = value;
      } else if (isSeq(holder) && typeof key === 'number' && key < holder.items.length) {
        node = holder.items[key] as Node;
        offset = node?.range?.[0] ?? offset;
      } else break;
    }
    return this.#at(offset);
  }

  #at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** `key:` with nothing after it. */
const isEmpty = (value: Scalar): boolean => value.value === null && value.source === '';

/** Whether a value was cut off at the greatest depth. */
function exceedsDepth(value: unknown, depth = 0): boolean {
  if (depth >= MAX_DEPTH) return typeof value === 'object' && value !== null;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((part) => exceedsDepth(part, depth + 1));
}

/** The parser's message, with the remedy where it is known. */
function explainSyntaxError(error: YAMLError): string {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return 'this key stands here twice: remove one of them';
    case 'MULTIPLE_DOCS':
      return 'a file holds one document: remove the "---" between them';
    case 'TAB_AS_INDENT':
      return 'indentation must be made of spaces: replace the tab';
    default:
      return `is no valid YAML: ${error.message.replace(/\s+/g, ' ').trim()}`;
  }
}
