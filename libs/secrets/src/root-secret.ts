import { createHmac, hkdfSync } from 'node:crypto';

/** The installation's root key (GATEHOUSE_SECRET). Each purpose derives a key of its own from it. */
export class RootSecret {
  readonly #secret: Buffer;

  /** @throws Error when the secret is shorter than 32 characters */
  constructor(secret: string) {
    if (secret.length < 32) throw new Error('GATEHOUSE_SECRET must have at least 32 characters; make one with: openssl rand -base64 32');
    this.#secret = Buffer.from(secret);
  }

  /** 256-bit key for one purpose, by HKDF-SHA-256. */
  deriveKey(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#secret, '', `gatehouse:${purpose}`, 32));
  }

  /** HMAC-SHA-256 under the purpose's key, base64url. */
  sign(purpose: string, text: string): string {
    return createHmac('sha256', this.deriveKey(purpose)).update(text).digest('base64url');
  }
}
