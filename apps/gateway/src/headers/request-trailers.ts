import { withoutListed } from './hop-by-hop.js';
import { RequestField, type RequestFieldNames } from './request-field.js';

/** RFC 9110 §6.5.1: content format, request modifiers, authentication; what changes how a request is read must stand before its body. */
const NOT_IN_TRAILERS = new Set([
  'age',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-location',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'from',
  'max-forwards',
  'origin',
  'pragma',
  'range',
  'referer',
  'set-cookie',
  'user-agent',
  'via',
]);
const NOT_IN_TRAILERS_FROM = /^(?:accept|if|sec|access-control|x-http-method)(?:-|$)/;

export interface TrailerRules {
  readonly names: RequestFieldNames;
  /** Value of the request's Connection field. */
  readonly connection: string | undefined;
  /** Flat names and values that plugins set: a server that merges trailers into its header must not take the client's in their place. */
  readonly set: readonly string[] | null;
}

/**
 * The trailer fields of a request that may go to its upstream: none that a header could not bring (BEHAVIOURS 68, 70), and none of
 * those that RFC 9110 keeps out of trailers.
 * @param raw flat names and values
 */
export function readRequestTrailers(raw: readonly string[], { names, connection, set }: TrailerRules): string[] {
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = name.toLowerCase();
    if (names.classify(name) !== RequestField.Keep || NOT_IN_TRAILERS.has(lower) || NOT_IN_TRAILERS_FROM.test(lower)) continue;
    if (set?.some((own, at) => at % 2 === 0 && own.toLowerCase() === lower)) continue;
    kept.push(name, raw[i + 1] as string);
  }
  return connection === undefined ? kept : withoutListed(kept, connection);
}
