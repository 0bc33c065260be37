import { checkFieldValue } from './field-lines.js';

/** A change to the fields of a message. */
export interface FieldEdit {
  readonly kind: 'set' | 'append' | 'remove';
  readonly name: string;
  readonly value: string;
}

/**
 * Applies edits in their order.
 * @param lines as Latin-1, each with its CRLF
 * @throws TypeError for what no field may hold
 */
export function editLines(lines: string, edits: readonly FieldEdit[]): string {
  const edited = new EditedLines(lines);
  for (const { kind, name, value } of edits) {
    if (kind === 'append') edited.append(name, value);
    else if (kind === 'set') edited.set(name, value);
    else edited.remove(name);
  }
  return edited.text;
}

/**
 * Field lines of which some are taken out and others put in, without a list of all of them: most messages that are edited at all are
 * edited in one or two fields.
 */
export class EditedLines {
  #lines: string;
  /** In lower case, behind a CRLF, so that each line is found by what stands before and behind its name. */
  #searched: string | null = null;
  /** Flat names and values, in their order, behind the lines. */
  #added: string[] = [];

  /** @param lines as Latin-1, each with its CRLF */
  constructor(lines: string) {
    this.#lines = lines;
  }

  get text(): string {
    let text = this.#lines;
    for (let i = 0; i < this.#added.length; i += 2) text += `${this.#added[i]}: ${this.#added[i + 1]}\r\n`;
    return text;
  }

  /** Takes out every copy of a field. */
  remove(name: string): void {
    const lower = name.toLowerCase();
    for (let at = this.#find(lower, 0); at !== -1; at = this.#find(lower, at)) {
      const next = this.#lines.indexOf('\r\n', at) + 2;
      this.#lines = this.#lines.slice(0, at) + this.#lines.slice(next);
      this.#searched = null;
    }
    if (this.#added.length > 0) this.#added = this.#added.filter((_, i, all) => (all[i - (i % 2)] as string).toLowerCase() !== lower);
  }

  /** Puts a field in place of every copy. @throws TypeError for what no field may hold */
  set(name: string, value: string): void {
    checkFieldValue(name, value);
    this.remove(name);
    this.#added.push(name, value);
  }

  /** Adds to a list field what it lacks; a list that says `*`, such as `Vary: *`, already says all. @throws TypeError for what no field may hold */
  append(name: string, value: string): void {
    checkFieldValue(name, value);
    const present = new Set<string>();
    for (const list of this.#valuesOf(name.toLowerCase())) for (const item of list.split(',')) present.add(item.trim().toLowerCase());
    const missing = value.split(',').filter((item) => !present.has(item.trim().toLowerCase()));
    if (missing.length > 0 && !present.has('*')) this.#added.push(name, missing.join(',').trim());
  }

  #valuesOf(lower: string): string[] {
    const values: string[] = [];
    for (let at = this.#find(lower, 0); at !== -1; at = this.#find(lower, at + 1)) {
      values.push(this.#lines.slice(at + lower.length + 1, this.#lines.indexOf('\r\n', at)));
    }
    for (let i = 0; i < this.#added.length; i += 2) {
      if ((this.#added[i] as string).toLowerCase() === lower) values.push(this.#added[i + 1] as string);
    }
    return values;
  }

  /** @returns where the next line of that name begins; -1: there is none */
  #find(lower: string, from: number): number {
    this.#searched ??= `\r\n${this.#lines.toLowerCase()}`;
    return this.#searched.indexOf(lineStart(lower), from);
  }
}

const REMEMBERED_NAMES = 200;
const lineStarts = new Map<string, string>();

/** The names are those of plugins, and few. */
function lineStart(lower: string): string {
  let start = lineStarts.get(lower);
  if (start === undefined) {
    start = `\r\n${lower}:`;
    if (lineStarts.size < REMEMBERED_NAMES) lineStarts.set(lower, start);
  }
  return start;
}
