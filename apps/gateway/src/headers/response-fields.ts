import { editLines, type FieldEdit } from '../http1/edited-lines.js';
import { writeFieldLines } from '../http1/field-lines.js';
import { listFields } from '../http1/field-section.js';
import { isListed, withoutListed } from './hop-by-hop.js';
import { classifyResponseField, DROPPED_FROM_RESPONSES, ResponseField } from './response-field.js';

/** What RFC 9110 §6.5.1 keeps out of a trailer section: framing, routing, authentication, what changes how content is read. */
const NOT_IN_TRAILERS = new Set([
  ...DROPPED_FROM_RESPONSES,
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'host',
  'authorization',
  'set-cookie',
  'cache-control',
  'location',
  'www-authenticate',
]);

/**
 * Reads the fields of an upstream's answer into those for the client: order, case and copies stay.
 * @param raw flat names and values
 * @param rewriteLocation turns a URL of the upstream's own into the public one
 */
export function readResponseFields(raw: readonly string[], status: number, rewriteLocation: (value: string) => string): string[] {
  const kept: string[] = [];
  let connection: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    switch (classifyResponseField(name)) {
      case ResponseField.Keep:
      case ResponseField.Date:
        kept.push(name, value);
        break;
      case ResponseField.Connection:
        connection = connection === undefined ? value : `${connection}, ${value}`;
        break;
      case ResponseField.ContentLength:
        // RFC 9110 §8.6: "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx or 204".
        if (status !== 204) kept.push(name, value);
        break;
      case ResponseField.Location:
        kept.push(name, rewriteLocation(value));
        break;
    }
  }
  return connection === undefined ? kept : withoutListed(kept, connection);
}

/**
 * The trailer fields that may go on, as pairs.
 * @param raw flat names and values
 * @param connection value of the answer's Connection field
 */
export function readTrailers(raw: readonly string[], connection: string | undefined): [string, string][] {
  const kept: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = name.toLowerCase();
    if (!NOT_IN_TRAILERS.has(lower) && !isListed(lower, connection)) kept.push([name, raw[i + 1] as string]);
  }
  return kept;
}

/** Applies edits to flat names and values, in their order. @throws TypeError for what no field may hold */
export function applyResponseEdits(fields: readonly string[], edits: readonly FieldEdit[]): string[] {
  return listFields(editLines(writeFieldLines(fields), edits));
}

/** @returns a new array without any copy of the field */
export function withoutField(fields: readonly string[], name: string): string[] {
  const lower = name.toLowerCase();
  const left: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const field = fields[i] as string;
    if (field.length !== lower.length || field.toLowerCase() !== lower) left.push(field, fields[i + 1] as string);
  }
  return left;
}
