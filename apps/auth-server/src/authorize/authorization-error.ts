/** Errors of the authorization endpoint and of the pages behind it: made once as values, rendered once by the filter. */
import { languages, type Wording } from '../language/language.js';

/** RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, RFC 8707 §2. */
export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'login_required'
  | 'interaction_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported';

/** Where an answer may be sent. Exists only for a redirect URI that is registered for the client (RFC 9700 §4.11.2). */
export interface VerifiedTarget {
  readonly redirectUri: string;
  readonly state: string | null;
  readonly issuerUrl: string;
  /** Where in the redirect URI the answer stands (RFC 6749 §4.1.2, §4.2.2). */
  readonly mode: 'query' | 'fragment';
}

/** Goes to the client by redirect. */
export class AuthorizationError extends Error {
  override readonly name = 'AuthorizationError';

  /** @param description public, for the developer of the client */
  constructor(
    readonly target: VerifiedTarget,
    readonly code: AuthorizationErrorCode,
    readonly description: string,
  ) {
    super(`${code}: ${description}`);
  }
}

export interface PageMessage {
  readonly title: string;
  readonly explanation: string;
}

/** Shown to the person as a page: there is no verified place to send it to. */
export class PageError extends Error {
  override readonly name = 'PageError';

  /** @param say what the person is told, in the language of the page */
  constructor(
    readonly status: number,
    readonly say: (words: Wording) => PageMessage,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const { title, explanation } = say(languages[0].words);
    super(`${title}: ${explanation}`);
  }
}
