import { editLines, type FieldEdit } from './edited-lines.js';
import { checkFieldValue } from './field-lines.js';
import { listFields } from './field-section.js';

/** What this class knows of. */
const FRAMING = /^(?:date|content-length)$/i;
const LENGTH = /^\d{1,15}$/;

/** The fields of an answer on their way to the client, checked, and what of them a transport must know to frame it. */
export class AnswerFields {
  #list: string[] | null;

  private constructor(
    /** As Latin-1, each with its CRLF. */
    readonly lines: string,
    /** Whether there is a Date. */
    readonly dated: boolean,
    /** What Content-Length says; -1: there is none. */
    readonly contentLength: number,
    list: string[] | null,
  ) {
    this.#list = list;
  }

  /** Of lines that were found right when they were read. */
  static ofLines(lines: string, dated: boolean, contentLength: number): AnswerFields {
    return new AnswerFields(lines, dated, contentLength, null);
  }

  /**
   * @param fields flat names and values, without those that frame a message but Content-Length
   * @throws TypeError for a field that no message may hold
   */
  static ofFields(fields: string[]): AnswerFields {
    let lines = '';
    let length = -1;
    let dated = false;
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] as string;
      const value = fields[i + 1] as string;
      checkFieldValue(name, value);
      if (name.length === 4) dated ||= name.toLowerCase() === 'date';
      else if (name.length === 14 && name.toLowerCase() === 'content-length') {
        if (length !== -1 || !LENGTH.test(value)) throw new TypeError('The answer has no plain Content-Length.');
        length = Number(value);
      }
      lines += `${name}: ${value}\r\n`;
    }
    return new AnswerFields(lines, dated, length, fields);
  }

  /** @throws TypeError for a field that no message may hold */
  edited(edits: readonly FieldEdit[]): AnswerFields {
    if (edits.some(({ name }) => FRAMING.test(name))) return AnswerFields.ofFields(listFields(editLines(this.lines, edits)));
    return new AnswerFields(editLines(this.lines, edits), this.dated, this.contentLength, null);
  }

  /** Flat names and values. */
  get list(): readonly string[] {
    this.#list ??= listFields(this.lines);
    return this.#list;
  }
}
