import { setTimeout as delay } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import type { DueMail, MailOutboxStore } from '#persistence/mail/mail-outbox.store.js';
import type { Logger } from '#process/logger.js';
import { reportUnexpectedError } from '../http/unexpected-error.js';
import type { Mail } from './mail.js';
import type { MailSeal } from './mail-seal.js';
import { isRefusedForGood, mailTransport, type SendMail } from './mail-transport.js';

/** Milliseconds between two looks at the outbox; a mail of this process does not wait for one. */
const INTERVAL = 5_000;
/** Milliseconds that a stopping process grants to mails on their way. */
const STOP_BUDGET = 3_000;
/** Mails that are on their way to the mail server at once. */
const AT_ONCE = 5;

/** Takes mails from the outbox to the mail server. */
export class MailCourier implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #transports = new WeakMap<RegistrySnapshot, SendMail>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(
    private readonly registry: Registry,
    private readonly outbox: MailOutboxStore,
    private readonly seal: MailSeal,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.wake();
  }

  /** Waits a little for what is being sent; what still waits in the outbox is sent after the next start. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.race([this.#round, delay(STOP_BUDGET, undefined, { ref: false })]);
  }

  /** Looks at the outbox now: something was put there and committed. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (this.#round !== null) return;
    clearTimeout(this.#timer);
    this.#round = this.#empty()
      .catch((error: unknown) => {
        if (!this.#stopped) reportUnexpectedError(this.logger, error);
      })
      .then(() => {
        this.#round = null;
        if (this.#again) this.wake();
        else if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), INTERVAL).unref();
      });
  }

  async #empty(): Promise<void> {
    this.#again = false;
    for (;;) {
      const due = this.#stopped ? [] : await this.outbox.takeDue(AT_ONCE);
      if (due.length === 0) return;
      await Promise.all(due.map((mail) => this.#deliver(mail)));
    }
  }

  async #deliver({ id, sealed, attempts, expired }: DueMail): Promise<void> {
    const mail = this.#open(id, sealed);
    if (mail === null || expired) {
      if (expired) this.logger.error({ mail: id, recipient: mail?.to, attempts }, 'mail given up: no mail server took it in time');
      await this.outbox.delete(id);
      return;
    }
    try {
      await this.#transport()(mail);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!isRefusedForGood(error)) {
        this.logger.warn({ mail: id, recipient: mail.to, attempts, reason }, 'mail not taken; it is tried again');
        return;
      }
      this.logger.error({ mail: id, recipient: mail.to, reason }, 'mail refused by the mail server; it is not tried again');
    }
    await this.outbox.delete(id);
  }

  #open(id: string, sealed: Buffer): Mail | null {
    try {
      return this.seal.open(sealed);
    } catch {
      this.logger.error({ mail: id }, 'mail dropped: it was written under another GATEHOUSE_SECRET');
      return null;
    }
  }

  #transport(): SendMail {
    const { snapshot } = this.registry;
    let send = this.#transports.get(snapshot);
    if (send === undefined) {
      send = mailTransport(snapshot.mail, this.logger);
      this.#transports.set(snapshot, send);
    }
    return send;
  }
}
