import type { Request } from 'express';
import { networkOf } from '#http/network-of.js';
import type { AuditEvent, AuditSubject } from '#persistence/audit/audit-event.js';
import type { AttemptLimit, AttemptStore } from '#persistence/limit/attempt.store.js';
import { PageError } from '../authorize/authorization-error.js';
import type { ClientAddresses } from '../http/client-addresses.js';
import { attemptSubject, emailSubject } from '../login/login-attempts.js';

/** Mails to one person that anybody can cause. */
const TO_PERSON: AttemptLimit = { kind: 'mail-person', most: 5, window: 60 * 60 };
/** Forms that cause mails, from one address. */
const FROM_ADDRESS: AttemptLimit = { kind: 'mail-address', most: 30, window: 60 * 60 };

/** Keeps strangers from flooding mailboxes. */
export class MailLimits {
  constructor(
    private readonly attempts: AttemptStore,
    private readonly addresses: ClientAddresses,
  ) {}

  /**
   * @returns whether a mail may go to this person; the page must not show the difference
   * @throws PageError when too much came from the address of the request
   */
  async mayMail(request: Request, email: string): Promise<boolean> {
    const address = this.addresses.of(request);
    const network = networkOf(address);
    const ofAddress = await this.attempts.count({ limit: FROM_ADDRESS, subject: network }, lockOf(`network:${network}`, address));
    if (!ofAddress.allowed) {
      const headers = { 'Retry-After': String(ofAddress.retryAfter) };
      throw new PageError(429, ({ errors }) => errors.tooManyMails, headers);
    }
    const ofPerson = await this.attempts.count({ limit: TO_PERSON, subject: attemptSubject(email) }, lockOf(emailSubject(email), address));
    return ofPerson.allowed;
  }
}

function lockOf(subject: AuditSubject, address: string): AuditEvent {
  return { kind: 'mail-locked', actor: 'anonymous', subject, address };
}
