import type { RootSecret } from '#secrets/root-secret.js';
import { openText, sealText } from '#secrets/sealed-text.js';
import type { Mail } from './mail.js';

/** Encrypts mails for the outbox: the links in them are as good as passwords until they are used. */
export class MailSeal {
  readonly #key: Buffer;

  constructor(rootSecret: RootSecret) {
    this.#key = rootSecret.deriveKey('mail-outbox');
  }

  seal(mail: Mail): Buffer {
    return sealText(this.#key, JSON.stringify(mail));
  }

  /** @throws Error when it was sealed under another root secret */
  open(sealed: Buffer): Mail {
    return JSON.parse(openText(this.#key, sealed)) as Mail;
  }
}
