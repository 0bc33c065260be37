/**
 * Mails to people. Flow: a store writes a sealed mail into the outbox, in the transaction of what it tells of → MailCourier takes it
 * from there and hands it to the mail server, again and again until it is taken → the row goes. No page ever waits for a mail.
 */

/** A mail as it is sent. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The address that the mail wants to be followed; null: it only tells something. */
  readonly link: string | null;
}

/** Seconds after which a mail that nobody took is given up: a day, like the longest link in one. */
export const MAIL_LIFETIME = 24 * 60 * 60;
