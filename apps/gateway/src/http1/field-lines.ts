import { listFields } from './field-section.js';
import { ownText } from './own-text.js';

/** Header and trailer fields on their way out, as lines of text; each is checked where it is written. */

const TAB = 9;
const SPACE = 32;
const DELETE = 127;
const LAST_BYTE = 255;

/**
 * RFC 9110 §5.5: tab, space, visible characters and bytes above ASCII. A line break would begin another field, or message. Most values are
 * short: to begin with a regular expression would cost more than looking at them.
 */
export function isFieldValue(text: string): boolean {
  // A plugin may say a number; whatever it says is written as text, and looked at as that.
  if (typeof text !== 'string') return isFieldValue(String(text));
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < SPACE ? code !== TAB : code === DELETE || code > LAST_BYTE) return false;
  }
  return true;
}

/** @throws TypeError for what no field may hold */
export function checkFieldValue(name: string, value: string): void {
  if (!isFieldValue(value)) throw new TypeError(`The field ${name} holds a character that no field may hold.`);
}

/** Fields as one: a list, lines, or both, each made of the other when it is first asked for. */
export class FieldBlock {
  #fields: readonly string[] | null;
  #lines: string | null;
  readonly #lasting: boolean;

  private constructor(fields: readonly string[] | null, lines: string | null, lasting = false) {
    this.#fields = fields;
    this.#lines = lines;
    this.#lasting = lasting;
  }

  /** @param fields flat names and values */
  static ofFields(fields: readonly string[]): FieldBlock {
    return new FieldBlock(fields, null);
  }

  /** Those that are written again and again: their lines are one piece of text. @param fields flat names and values */
  static lasting(fields: readonly string[]): FieldBlock {
    return new FieldBlock(fields, null, true);
  }

  /** @param lines as Latin-1, each with its CRLF; none that no message may hold */
  static ofLines(lines: string): FieldBlock {
    return new FieldBlock(null, lines);
  }

  /** Flat names and values. */
  get fields(): readonly string[] {
    this.#fields ??= listFields(this.#lines as string);
    return this.#fields;
  }

  /** As Latin-1. @throws TypeError for what no field may hold */
  get lines(): string {
    if (this.#lines === null) {
      const lines = writeFieldLines(this.#fields as readonly string[]);
      this.#lines = this.#lasting ? ownText(lines) : lines;
    }
    return this.#lines;
  }
}

/** Lines as Latin-1, each with its CRLF. */
export class FieldLines {
  text = '';

  /** @throws TypeError for what no field may hold */
  add(name: string, value: string): void {
    checkFieldValue(name, value);
    this.text += `${name}: ${value}\r\n`;
  }

  /** Adds what is known to be right, and is not checked again. */
  addOwn(name: string, value: string): void {
    this.text += `${name}: ${value}\r\n`;
  }

  addBlock(block: FieldBlock): void {
    this.text += block.lines;
  }

  /** Adds lines that were written here before. */
  addLines(lines: string): void {
    this.text += lines;
  }
}

/**
 * @param fields flat names and values
 * @throws TypeError for what no field may hold
 */
export function writeFieldLines(fields: readonly string[]): string {
  const lines = new FieldLines();
  for (let i = 0; i < fields.length; i += 2) lines.add(fields[i] as string, fields[i + 1] as string);
  return lines.text;
}
