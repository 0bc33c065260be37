import { renderToString } from 'preact-render-to-string';
import type { Language } from '../language/language.js';
import { MAIL_LIFETIME, type Mail } from './mail.js';
import type { MailSeal } from './mail-seal.js';

/** What a mail says, in the language of the person. */
export interface MailWords {
  readonly subject: string;
  readonly lines: readonly string[];
  /** What the link does. */
  readonly action?: string;
}

export interface MailContent {
  readonly to: string;
  readonly language: Language;
  readonly words: MailWords;
  readonly link: string | null;
}

/** Writes a mail: text for those who read text, and little HTML for those who do not. No picture, nothing that tells of its opening. */
export function composeMail({ to, language, words, link }: MailContent): Mail {
  const { subject, lines, action } = words;
  const text = [...lines, ...(link === null ? [] : [`${action}:\n${link}`])].join('\n\n');
  const html = renderToString(
    <html lang={language.tag}>
      <body>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {link !== null && (
          <>
            <p>
              <a href={link}>{action}</a>
            </p>
            <p>{link}</p>
          </>
        )}
      </body>
    </html>,
  );
  return { to, subject, text: `${text}\n`, html: `<!doctype html>\n${html}\n`, link };
}

/** A mail, ready for the outbox. */
export function sealMail(seal: MailSeal, content: MailContent): { readonly sealed: Buffer; readonly lifetime: number } {
  return { sealed: seal.seal(composeMail(content)), lifetime: MAIL_LIFETIME };
}
