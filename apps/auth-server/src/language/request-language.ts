import type { IncomingMessage } from 'node:http';
import { rawQuery } from '../http/reply.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { chooseLanguage } from './choose-language.js';
import type { Language } from './language.js';

/** The language of a page. Pages of a flow carry `ui_locales` in their address, as the client sent it. */
export function languageOf(request: IncomingMessage & { readonly originalUrl: string }): Language {
  return chooseLanguage(parseFormParameters(rawQuery(request)).get('ui_locales'), request.headers['accept-language']);
}
