import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import type { RootSecret } from '#secrets/root-secret.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts private keys for the database: AES-256-GCM under a key that GATEHOUSE_SECRET yields for this purpose alone. */
export class KeySealer {
  readonly #key: Buffer;

  constructor(rootSecret: RootSecret) {
    this.#key = rootSecret.deriveKey('signing-key');
  }

  /** @param kid binds the ciphertext to its row: one moved to another row does not open */
  seal(kid: string, privateJwk: JWK): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(kid));
    const text = Buffer.concat([cipher.update(JSON.stringify(privateJwk), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  /** @returns null where it was sealed under another secret or for another key, or was changed */
  open(kid: string, sealed: Buffer): JWK | null {
    if (sealed.length <= NONCE_BYTES + TAG_BYTES) return null;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(kid)).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString('utf8')) as JWK;
    } catch {
      return null;
    }
  }
}
