import { createTransport } from 'nodemailer';
import type { MailSettings } from '#config/registry.js';
import type { Logger } from '#process/logger.js';
import type { Mail } from './mail.js';

/** Milliseconds that a mail server may take for each step: a dead one must not hold the queue for long. */
const STEP_TIMEOUT = 15_000;

/** Hands a mail over. @throws Error when it was not taken */
export type SendMail = (mail: Mail) => Promise<void>;

/** Sends to the configured mail server; without one, mails are written to the log. */
export function mailTransport({ from, url }: MailSettings, logger: Logger): SendMail {
  if (url === null) {
    return async ({ to, subject, link }) => {
      logger.info({ recipient: to, subject, link }, 'mail (there is no mail server: set mail.url in the config)');
    };
  }
  const transport = createTransport({
    url: url.reveal(),
    connectionTimeout: STEP_TIMEOUT,
    greetingTimeout: STEP_TIMEOUT,
    socketTimeout: STEP_TIMEOUT,
    // Content comes from us alone: no mail may name files or addresses to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ to, subject, text, html }) => {
    await transport.sendMail({
      from,
      // As an object, the address is never read as a list of several.
      to: { name: '', address: to },
      subject,
      text,
      html,
      // RFC 3834 §5: keeps holiday answers away.
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}

/** Whether the mail server said that it will never take the mail (RFC 5321 §4.2.1: 5yz); that it knows us not is for the operator. */
export function isRefusedForGood(error: unknown): boolean {
  const { responseCode, command } = (error ?? {}) as { responseCode?: unknown; command?: unknown };
  return typeof responseCode === 'number' && responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
}
