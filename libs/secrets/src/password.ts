/** Passwords of people: argon2id with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane). */
import { hash, verify } from '@node-rs/argon2';

// 2 is argon2id; the package's enum for it is a const enum, which isolated modules cannot read.
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** How a hash of today begins. */
const TODAYS_PREFIX = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

let decoy: Promise<string> | undefined;

/** The same characters may be typed as different code points: they count as the same (NIST SP 800-63B §3.1.1.2). */
const normalize = (password: string): string => password.normalize('NFKC');

export function hashPassword(password: string): Promise<string> {
  return hash(normalize(password), ARGON2ID);
}

/**
 * Checks a password against its hash.
 * @param stored null where the person is unknown or has no password: costs the same, and is false
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (stored === null) {
    decoy ??= hashPassword('no one has this password');
    await verify(await decoy, normalize(password));
    return false;
  }
  return verify(stored, normalize(password));
}

/** Whether a hash was made with other parameters than today's, and should be made anew when the password is at hand. */
export function isOutdatedHash(stored: string): boolean {
  return !stored.startsWith(TODAYS_PREFIX);
}
