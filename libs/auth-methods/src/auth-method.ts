/**
 * The contract between the auth-server and the ways by which it learns who a person is. A type of auth method is a folder with
 * `<type>.auth-method.ts`, `<type>.config.ts` (a class-validator class) and its spec, and one line in `index.ts`. The host owns
 * what every method shares (flow state, CSRF, delays, sessions, pages); a method only answers who the person is.
 */

/** Who a person turned out to be. */
export interface VerifiedIdentity {
  readonly userId: string;
  /**
   * Hash that the password was held against; null: this installation keeps none of the person's. What follows counts only while it is
   * still the person's: a login that began with the old password does not outlive the change.
   */
  readonly passwordHash: string | null;
}

export type VerificationOutcome =
  | { readonly verified: true; readonly identity: VerifiedIdentity }
  /** `reason` is for the log; people see one message for all of them. */
  | { readonly verified: false; readonly reason: 'unknown-person' | 'wrong-password' | 'blocked' | 'not-validated' };

/** A method that checks an e-mail address and a password itself. */
export interface PasswordAuthMethod {
  readonly kind: 'password';
  /** What people may do with their accounts through this method; null: it does not keep their passwords. */
  readonly accounts: AccountRules | null;
  /** Checks a name and a password; takes as long for an unknown name as for a wrong password. */
  verifyPassword(email: string, password: string): Promise<VerificationOutcome>;
}

/** For methods whose people have their passwords here. */
export interface AccountRules {
  /** People may create accounts. */
  readonly signUp: boolean;
  /** People log in before they have confirmed their e-mail address. */
  readonly trusted: boolean;
}

/** A configured auth method. Methods that redirect to another identity provider join this union with their own `kind`. */
export type AuthMethod = PasswordAuthMethod;

/** What the host gives a method: the people it knows. */
export interface AuthMethodDeps {
  findPersonByEmail(email: string): Promise<KnownPerson | null>;
  /** Checks an argon2id hash; a null hash costs the same and is false. */
  verifyPasswordHash(hash: string | null, password: string): Promise<boolean>;
}

export interface KnownPerson {
  readonly userId: string;
  readonly passwordHash: string | null;
  readonly validated: boolean;
  readonly blocked: boolean;
}

export interface AuthMethodType<Config extends object = object> {
  readonly type: string;
  readonly configClass: new () => Config;
  create(config: Config, deps: AuthMethodDeps): AuthMethod;
}
