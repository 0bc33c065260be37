/** RFC 6750 §3.1. */
export type BearerErrorCode = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

const STATUS = { invalid_request: 400, invalid_token: 401, insufficient_scope: 403 } as const;

/** Errors of endpoints that take an access token. */
export class BearerError extends Error {
  override readonly name = 'BearerError';
  readonly status: number;

  /**
   * @param code null: no token came, so nothing is wrong with one (RFC 6750 §3.1)
   * @param description public, ASCII without quotes and backslashes
   */
  constructor(
    readonly issuerUrl: string,
    readonly code: BearerErrorCode | null,
    readonly description: string,
    readonly scope?: string,
  ) {
    super(description);
    this.status = code === null ? 401 : STATUS[code];
  }

  /** RFC 6750 §3. */
  get challenge(): string {
    const parts = [`realm="${this.issuerUrl}"`];
    if (this.code !== null) parts.push(`error="${this.code}"`, `error_description="${this.description}"`);
    if (this.scope !== undefined) parts.push(`scope="${this.scope}"`);
    return `Bearer ${parts.join(', ')}`;
  }
}
