import { checkFieldValue } from './field-lines.js';
import { ANY_NAMES, type FieldName } from './field-name.js';

/** A change to the fields of a message. */
export interface FieldEdit {
  readonly kind: 'set' | 'append' | 'remove';
  readonly field: FieldName;
  readonly value: string;
}

/**
 * Applies edits in their order.
 * @param lines as Latin-1, each with its CRLF
 * @param names the bits of those that the lines may hold
 * @throws TypeError for what no field may hold
 */
export function editLines(lines: string, edits: readonly FieldEdit[], names = ANY_NAMES): string {
  // Mostly, fields are set that are not there, each once: they stand behind the others.
  let text = lines;
  let present = names;
  for (let i = 0; i < edits.length; i++) {
    const { kind, field, value } = edits[i] as FieldEdit;
    if (kind !== 'set' || (present & field.bit) !== 0) return editOneByOne(lines, edits, names);
    checkFieldValue(field.name, value);
    present |= field.bit;
    text += field.lineHead;
    text += value;
    text += '\r\n';
  }
  return text;
}

function editOneByOne(lines: string, edits: readonly FieldEdit[], names: number): string {
  const edited = new EditedLines(lines, names);
  for (const { kind, field, value } of edits) {
    if (kind === 'set') edited.set(field, value);
    else if (kind === 'append') edited.append(field, value);
    else edited.remove(field);
  }
  return edited.text;
}

interface AddedField {
  readonly field: FieldName;
  readonly value: string;
}

/**
 * Field lines of which some are taken out and others put in, without a list of all of them: most messages that are edited at all are
 * edited in one or two fields.
 */
export class EditedLines {
  #lines: string;
  readonly #names: number;
  /** In lower case, behind a CRLF, so that each line is found by what stands before and behind its name. */
  #searched: string | null = null;
  /** In their order, behind the lines. */
  #added: AddedField[] = [];

  /**
   * @param lines as Latin-1, each with its CRLF
   * @param names the bits of those that the lines may hold
   */
  constructor(lines: string, names = ANY_NAMES) {
    this.#lines = lines;
    this.#names = names;
  }

  get text(): string {
    let text = this.#lines;
    for (let i = 0; i < this.#added.length; i++) {
      const { field, value } = this.#added[i] as AddedField;
      text += `${field.lineHead}${value}\r\n`;
    }
    return text;
  }

  /** Takes out every copy of a field. */
  remove(field: FieldName): void {
    for (let at = this.#find(field, 0); at !== -1; at = this.#find(field, at)) {
      const next = this.#lines.indexOf('\r\n', at) + 2;
      this.#lines = this.#lines.slice(0, at) + this.#lines.slice(next);
      this.#searched = null;
    }
    for (let i = this.#added.length - 1; i >= 0; i--) if (this.#added[i]?.field.lower === field.lower) this.#added.splice(i, 1);
  }

  /** Puts a field in place of every copy. @throws TypeError for what no field may hold */
  set(field: FieldName, value: string): void {
    checkFieldValue(field.name, value);
    this.remove(field);
    this.#added.push({ field, value });
  }

  /** Adds to a list field what it lacks; a list that says `*`, such as `Vary: *`, already says all. @throws TypeError for what no field may hold */
  append(field: FieldName, value: string): void {
    checkFieldValue(field.name, value);
    const present = new Set<string>();
    for (const list of this.#valuesOf(field)) for (const item of list.split(',')) present.add(item.trim().toLowerCase());
    const missing = value.split(',').filter((item) => !present.has(item.trim().toLowerCase()));
    if (missing.length > 0 && !present.has('*')) this.#added.push({ field, value: missing.join(',').trim() });
  }

  #valuesOf(field: FieldName): string[] {
    const values: string[] = [];
    for (let at = this.#find(field, 0); at !== -1; at = this.#find(field, at + 1)) {
      values.push(this.#lines.slice(at + field.lower.length + 1, this.#lines.indexOf('\r\n', at)));
    }
    for (const added of this.#added) if (added.field.lower === field.lower) values.push(added.value);
    return values;
  }

  /** @returns where the next line of that name begins; -1: there is none */
  #find(field: FieldName, from: number): number {
    if ((this.#names & field.bit) === 0) return -1;
    this.#searched ??= `\r\n${this.#lines.toLowerCase()}`;
    return this.#searched.indexOf(field.lineStart, from);
  }
}
