/**
 * Every answer that the gateway gives by itself, as a typed value: made here, rendered once (render-answer.ts). `detail` is for the
 * caller and says no more than the caller may know; `reason` is for the log.
 */
import type { Challenges } from '../route/challenge.js';
import type { TargetFault } from '../route/request-path.js';
import type { BodyFault } from '../transport/caller.js';
import type { UpstreamFailure } from '../upstream/upstream-client.js';
import type { DenialReason } from './authorize-call.js';
import type { CredentialFault } from './extract-credential.js';

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** null: an answer without a body. */
  readonly detail: string | null;
  /** Flat names and values. */
  readonly fields: readonly string[];
  /** JSON that is the answer in place of a problem. */
  readonly document?: string;
}

const TARGET_DETAILS: Readonly<Record<TargetFault, string>> = {
  form: 'The request target must be a path that begins with a slash.',
  character: 'The path holds a character that must be percent-encoded, or a backslash.',
  fragment: 'The request target must not hold a fragment.',
  escape: 'The path holds an incomplete percent-encoding.',
  'encoded-slash': 'The path holds an encoded slash or backslash.',
  control: 'The path holds an encoded control character.',
  parameter: 'The path holds a dot segment with a parameter.',
  'above-root': 'The path climbs above the root.',
};

export function refuse(status: number, reason: string, detail: string | null, fields: readonly string[] = []): Refusal {
  return { status, reason, detail, fields };
}

export function refuseTarget(fault: TargetFault): Refusal {
  return refuse(400, `target-${fault}`, TARGET_DETAILS[fault]);
}

const ANY_ORIGIN = ['Access-Control-Allow-Origin', '*'];

export const REFUSALS = {
  version: refuse(505, 'version', 'Requests must be HTTP/1.1 or HTTP/1.0.', ['Connection', 'close']),
  /** RFC 9112 §6.1: its framing is faulty, and the connection must be closed. */
  codingOfHttp10: refuse(400, 'coding', 'A request of HTTP/1.0 must not have a Transfer-Encoding.', ['Connection', 'close']),
  uriTooLong: refuse(414, 'uri-too-long', 'The request target is longer than 8192 characters.'),
  tooManyFields: refuse(431, 'too-many-fields', 'The request has more than 200 header fields.'),
  hosts: refuse(400, 'hosts', 'A request must have exactly one Host field.'),
  trace: refuse(405, 'trace', 'TRACE is not served.', ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']),
  invalidHost: refuse(400, 'host', 'The Host field is not a host name.'),
  /** RFC 9110 §9.3.7: asks about the server, not about an API; no refusal, but answered here all the same. */
  serverOptions: refuse(204, 'server-options', null, ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']),
  ambiguousPath: refuse(
    400,
    'ambiguous-path',
    'The path can be read as one of another route: write it without path parameters and double slashes.',
  ),
  noRoute: refuse(404, 'no-route', 'No API is served here.'),
  lookupsFull: refuse(503, 'lookups-full', 'Too many credentials wait to be checked. Try again shortly.', ['Retry-After', '1']),
  storeUnreachable: refuse(503, 'store-unreachable', 'The credential cannot be checked at the moment. Try again shortly.', [
    'Retry-After',
    '2',
  ]),
  /** The config that brings it is on its way, or it is gone and took its limits with it: without them nothing is allowed. */
  planUnknown: refuse(503, 'plan-unknown', 'The plan of this subscription is not known here at the moment. Try again shortly.', [
    'Retry-After',
    '2',
  ]),
  unreachable: refuse(502, 'upstream-unreachable', 'The API could not be reached.'),
  busy: refuse(503, 'upstream-busy', 'The API has too many calls at the moment. Try again shortly.', ['Retry-After', '1']),
  broken: refuse(502, 'upstream-broken', 'The API gave no valid answer.'),
  slow: refuse(504, 'upstream-slow', 'The API did not answer in time.'),
  bodyTooLarge: refuse(413, 'body-too-large', 'The body of the request is larger than is taken here.'),
  internal: refuse(500, 'internal', 'Something went wrong in the gateway.'),
} as const satisfies Record<string, Refusal>;

/** BEHAVIOURS 79. */
export function refuseFailure({ reason }: Pick<UpstreamFailure, 'reason'>): Refusal {
  switch (reason) {
    case 'connect-timeout':
    case 'timeout':
      return REFUSALS.slow;
    case 'unreachable':
      return REFUSALS.unreachable;
    case 'broken':
      return REFUSALS.broken;
    case 'busy':
      return REFUSALS.busy;
  }
}

/** BEHAVIOURS 72, 85: the body of a request breaks off. */
export const BODY_FAULTS: Readonly<Record<BodyFault, Refusal>> = {
  malformed: refuse(400, 'body-malformed', 'The request is not valid HTTP.'),
  extensions: refuse(413, 'body-extensions', 'The chunk extensions of the request are too large.'),
  trailers: refuse(431, 'body-trailers', 'The trailers of the request are too large.'),
  slow: refuse(408, 'body-slow', 'The request did not arrive in time.'),
};

/** BEHAVIOURS 79. @param seconds after which it may be otherwise */
export function refuseUnavailable(seconds: number): Refusal {
  return refuse(503, 'upstream-unavailable', 'The API is not available at the moment. Try again later.', ['Retry-After', String(seconds)]);
}

/** Protected resource metadata (RFC 9728); pages may read it, too. */
export function answerMetadata(method: string, document: string | undefined): Refusal {
  if (document === undefined) return refuse(404, 'no-metadata', 'There is no API with access tokens at this path.', ANY_ORIGIN);
  if (method === 'OPTIONS') {
    const preflight = ['Access-Control-Allow-Methods', 'GET, HEAD', 'Access-Control-Allow-Headers', '*'];
    return refuse(204, 'metadata', null, [...ANY_ORIGIN, ...preflight]);
  }
  if (method !== 'GET' && method !== 'HEAD') return refuseMethod(['GET', 'HEAD', 'OPTIONS']);
  return { status: 200, reason: 'metadata', detail: null, fields: ANY_ORIGIN, document };
}

export function refuseMethod(allow: readonly string[]): Refusal {
  // RFC 9110 §15.5.6: "The origin server MUST generate an Allow header field in a 405 response".
  return refuse(405, 'method', 'This method is not served here.', ['Allow', allow.join(', ')]);
}

const challenged = (challenges: readonly string[]): string[] => challenges.flatMap((challenge) => ['WWW-Authenticate', challenge]);

export function refuseMissing(challenges: Challenges): Refusal {
  return refuse(401, 'no-credential', 'This API needs a credential.', challenged(challenges.missing));
}

export function refuseCredentialFault(fault: CredentialFault, challenges: Challenges): Refusal {
  const detail =
    fault === 'token-in-query'
      ? 'A token must not stand in the URL; send it as Authorization: Bearer.'
      : 'Send one credential, once, in a header field.';
  return refuse(400, fault, detail, challenged(challenges.invalidRequest));
}

/** RFC 6750 §3.1. What is wrong with a token is never said (BEHAVIOURS 59). */
export function refuseDenied(reason: DenialReason, kind: 'token' | 'key', challenges: Challenges, scopes: readonly string[]): Refusal {
  switch (reason) {
    case 'scope-missing':
      return refuse(403, reason, `This call needs the scopes: ${scopes.join(' ')}.`, challenged(challenges.insufficientScope(scopes)));
    case 'application-blocked':
    case 'subscription-blocked':
    case 'subscription-pending':
      if (kind === 'key') return refuse(403, reason, 'The subscription of this API key is not active.');
      break;
    default:
      break;
  }
  return kind === 'key'
    ? refuse(401, reason, 'The API key is not valid.', challenged(challenges.missing))
    : refuse(401, reason, 'The access token is not valid.', challenged(challenges.invalidToken));
}
