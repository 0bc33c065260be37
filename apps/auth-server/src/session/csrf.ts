import { equalHashes } from '#secrets/constant-time.js';
import type { RootSecret } from '#secrets/root-secret.js';

/**
 * Anti-forgery tokens of forms: an HMAC over the browser's cookie and what the form is for (RFC 6749 §10.12). A form made for one
 * browser, flow or person is worth nothing in another.
 */
export class CsrfTokens {
  readonly #rootSecret: RootSecret;

  constructor(rootSecret: RootSecret) {
    this.#rootSecret = rootSecret;
  }

  /** @param purpose names the form and what it is bound to, such as `consent:<request>:<person>` */
  token(browserId: string, purpose: string): string {
    return this.#rootSecret.sign('csrf', `${browserId}:${purpose}`);
  }

  matches(token: string | undefined, browserId: string | null, purpose: string): boolean {
    if (token === undefined || browserId === null) return false;
    return equalHashes(Buffer.from(token), Buffer.from(this.token(browserId, purpose)));
  }
}
