/**
 * What every check of a password goes through, at the login page and at the token endpoint alike: nobody learns from the time or the
 * text of a refusal what was wrong, guesses are limited per account and per address, and each refusal is in the audit log.
 */
import type { VerificationOutcome, VerifiedIdentity } from '#auth-methods/auth-method.js';
import { networkOf } from '#http/network-of.js';
import type { AuditEvent } from '#persistence/audit/audit-event.js';
import type { AttemptLimit, AttemptStore, CountedSubject } from '#persistence/limit/attempt.store.js';
import type { PersonStore } from '#persistence/user/person.store.js';
import type { Logger } from '#process/logger.js';
import { hashPassword, isOutdatedHash, verifyPassword } from '#secrets/password.js';
import { waitOut } from '../http/constant-answer.js';

/** Wrong passwords for one account: after that it is locked until the window ends, or a new password is set by mail. */
const ACCOUNT_LIMIT: AttemptLimit = { kind: 'login-account', most: 10, window: 15 * 60 };
/** Wrong passwords from one address, whatever the account. */
const ADDRESS_LIMIT: AttemptLimit = { kind: 'login-address', most: 100, window: 15 * 60 };
/** An e-mail address is no longer (RFC 5321 §4.5.3.1); what is longer is not written down whole. */
const LONGEST_EMAIL = 254;

export interface LoginAttempt {
  readonly authMethodId: string;
  /** As it was typed. */
  readonly email: string;
  /** As it was typed. */
  readonly password: string;
  /** Of the client. */
  readonly address: string;
}

export type LoginOutcome = CheckedOutcome | LockedOutcome;

type CheckedOutcome =
  | {
      readonly verified: true;
      readonly identity: VerifiedIdentity;
      /** The person may do nothing else before they have a new one. */
      readonly mustChangePassword: boolean;
      /** The person's. */
      readonly groups: readonly string[];
    }
  | Exclude<VerificationOutcome, { verified: true }>;

/** Too many wrong ones; seconds until the next attempt counts. */
interface LockedOutcome {
  readonly verified: false;
  readonly reason: 'locked';
  readonly retryAfter: number;
}

export interface LoginAttemptsDeps {
  readonly attempts: AttemptStore;
  readonly people: PersonStore;
  readonly logger: Logger;
}

/** The name under which attempts on an account are counted, whether there is such an account or not. */
export function attemptSubject(email: string): string {
  return email.trim().toLowerCase();
}

/** How events name an account, whether there is such an account or not. */
export function emailSubject(email: string): `email:${string}` {
  return `email:${attemptSubject(email).slice(0, LONGEST_EMAIL)}`;
}

/** Wrong passwords for an account, as they are counted. */
export function guessesAt(email: string): CountedSubject {
  return { limit: ACCOUNT_LIMIT, subject: attemptSubject(email) };
}

export class LoginAttempts {
  readonly #deps: LoginAttemptsDeps;

  constructor(deps: LoginAttemptsDeps) {
    this.#deps = deps;
  }

  /** @param verify asks the auth method who the person is */
  async verify(attempt: LoginAttempt, verify: () => Promise<VerificationOutcome>): Promise<LoginOutcome> {
    const begun = performance.now();
    const isEmpty = attempt.email === '' || attempt.password === '';
    const check = async (): Promise<CheckedOutcome> => {
      const outcome = await verify();
      return outcome.verified ? this.#rehash(outcome.identity, attempt.password) : outcome;
    };
    const outcome = isEmpty ? await check() : await this.#withinLimits(attempt, check);
    if (outcome.verified) return outcome;
    this.#deps.logger.info({ authMethod: attempt.authMethodId, reason: outcome.reason }, 'login refused');
    await waitOut(begun);
    return outcome;
  }

  /** What was checked is no longer so where it was to be stored (another password, most often): the login came to nothing. */
  async recordChangedMeanwhile(attempt: LoginAttempt): Promise<void> {
    await this.#deps.attempts.fail([], refusalOf(attempt, 'login-failed', 'changed-meanwhile'));
  }

  /** An attempt is counted before it is made, so that parallel guesses share one limit; what succeeds is taken back. */
  async #withinLimits(attempt: LoginAttempt, check: () => Promise<CheckedOutcome>): Promise<LoginOutcome> {
    const { attempts } = this.#deps;
    const ofAccount = guessesAt(attempt.email);
    const ofNetwork = { limit: ADDRESS_LIMIT, subject: networkOf(attempt.address) };
    for (const counted of [ofNetwork, ofAccount]) {
      const outcome = await attempts.count(counted, refusalOf(attempt, 'login-locked', 'locked'));
      if (!outcome.allowed) return { verified: false, reason: 'locked', retryAfter: outcome.retryAfter };
    }
    const outcome = await attempts.make([ofNetwork, ofAccount], check);
    if (outcome.verified) {
      await attempts.clear(ofAccount);
      await attempts.takeBack([ofNetwork]);
    } else await attempts.fail([ofNetwork, ofAccount], refusalOf(attempt, 'login-failed', outcome.reason));
    return outcome;
  }

  /** Makes an outdated hash anew while the password is at hand. */
  async #rehash({ userId, passwordHash: checked }: VerifiedIdentity, password: string): Promise<CheckedOutcome> {
    const { people } = this.#deps;
    const renewed = checked !== null && isOutdatedHash(checked) ? await hashPassword(password) : null;
    const isRenewed = checked !== null && renewed !== null && (await people.rehash(userId, checked, renewed));
    const account = await people.findAccount(userId);
    const { mustChangePassword = false, groups = [] } = account ?? {};
    if (renewed === null || isRenewed)
      return { verified: true, identity: { userId, passwordHash: renewed ?? checked }, mustChangePassword, groups };
    // Another login of this moment made it anew, or the password was changed: what is stored now says which.
    const stored = account?.passwordHash ?? null;
    if (!(await verifyPassword(stored, password))) return { verified: false, reason: 'wrong-password' };
    return { verified: true, identity: { userId, passwordHash: stored }, mustChangePassword, groups };
  }
}

function refusalOf({ authMethodId, email, address }: LoginAttempt, kind: 'login-failed' | 'login-locked', reason: string): AuditEvent {
  return { kind, actor: 'anonymous', subject: emailSubject(email), address, details: { authMethod: authMethodId, reason } };
}
