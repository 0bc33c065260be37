import { editLines, type FieldEdit } from './edited-lines.js';
import { checkFieldValue } from './field-lines.js';
import { ANY_NAMES } from './field-name.js';
import { listFields } from './field-section.js';

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
    /** Bits of the names that there may be. */
    readonly names: number,
  ) {
    this.#list = list;
  }

  /** Of lines that were found right when they were read. @param names bits of those that they may hold */
  static ofLines(lines: string, dated: boolean, contentLength: number, names = ANY_NAMES): AnswerFields {
    return new AnswerFields(lines, dated, contentLength, null, names);
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
    return new AnswerFields(lines, dated, length, fields, ANY_NAMES);
  }

  /** @throws TypeError for a field that no message may hold */
  edited(edits: readonly FieldEdit[]): AnswerFields {
    const lines = editLines(this.lines, edits, this.names);
    for (let i = 0; i < edits.length; i++) if ((edits[i] as FieldEdit).field.told) return AnswerFields.ofFields(listFields(lines));
    return new AnswerFields(lines, this.dated, this.contentLength, null, ANY_NAMES);
  }

  /** Flat names and values. */
  get list(): readonly string[] {
    this.#list ??= listFields(this.lines);
    return this.#list;
  }
}
