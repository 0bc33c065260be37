import type { Request } from 'express';
import { hashToken } from '#secrets/token.js';
import { PageError } from '../authorize/authorization-error.js';
import { rawQuery } from '../http/reply.js';
import { parseFormParameters } from '../protocol/form-parameters.js';

/** SHA-256 of the token in the address of a link from a mail. @throws PageError where there is none */
export function readLinkToken(request: Request): Buffer {
  const token = parseFormParameters(rawQuery(request)).get('token') ?? '';
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) throw linkGone();
  return hashToken(token);
}

/** One answer for a link that is unknown, used or too old. */
export function linkGone(): PageError {
  return new PageError(400, ({ errors }) => errors.linkGone);
}
