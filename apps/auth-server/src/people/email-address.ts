import { isEmail } from 'class-validator';

/** Reads an e-mail address as it is stored: lower-case, without blanks around it. @returns null: it is none that mail can be sent to */
export function readEmailAddress(text: string | undefined): string | null {
  const email = (text ?? '').trim().toLowerCase();
  return email.length <= 254 && isEmail(email, { allow_utf8_local_part: false, require_tld: false }) ? email : null;
}
