import type { IncomingMessage } from 'node:http';
import { PageError } from '../authorize/authorization-error.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import type { Parameters } from '../protocol/parameters.js';
import { readRequestBody } from './request-body.js';

/** Reads the body of a form that a person sent. @throws PageError when it is something else, or too large */
export async function readFormBody(request: IncomingMessage): Promise<Parameters> {
  const body = await readRequestBody(request);
  if (!body.read) {
    const tooLarge = body.reason === 'too-large';
    throw new PageError(tooLarge ? 413 : 400, ({ errors }) => (tooLarge ? errors.formTooLarge : errors.formNotText));
  }
  if (body.mediaType !== 'application/x-www-form-urlencoded') throw new PageError(415, ({ errors }) => errors.formNotEncoded);
  return parseFormParameters(body.text);
}
