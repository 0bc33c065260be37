/** Errors of the token endpoint: made once as values, rendered once by the filter. */

/**
 * RFC 6749 §5.2, RFC 8707 §2 for invalid_target, RFC 7009 §2.2.1 for unsupported_token_type, RFC 8628 §3.5 for the answers to a device
 * that polls.
 */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'access_denied'
  | 'unsupported_token_type'
  | 'server_error'
  | 'temporarily_unavailable';

const STATUS: Partial<Record<TokenErrorCode, number>> = { invalid_client: 401, server_error: 500, temporarily_unavailable: 503 };

export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly status: number;

  /**
   * @param description public, for the developer of the client; ASCII without quotes and backslashes (RFC 6749 §5.2)
   * @param detail private, for the log
   */
  constructor(
    readonly code: TokenErrorCode,
    readonly description: string,
    options: { readonly status?: number; readonly detail?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(options.detail ?? description);
    this.status = options.status ?? STATUS[code] ?? 400;
    this.headers = options.headers ?? {};
  }

  readonly headers: Readonly<Record<string, string>>;
}

/** Characters that RFC 6749 §4.1.2.1 and §5.2 leave out of error_description. */
const FORBIDDEN = /[^\x20-\x21\x23-\x5B\x5D-\x7E]/g;

/** Makes a text fit for error_description. */
export function safeDescription(text: string): string {
  return text.replace(FORBIDDEN, '?');
}
