/** Type `local`: people whose e-mail address and password hash this installation keeps itself. */
import type { AuthMethodDeps, AuthMethodType, KnownPerson, VerificationOutcome } from '../auth-method.js';
import { LocalAuthMethodConfig } from './local.config.js';

export const localAuthMethod: AuthMethodType<LocalAuthMethodConfig> = {
  type: 'local',
  configClass: LocalAuthMethodConfig,
  create: (config, deps) => ({
    kind: 'password',
    accounts: { signUp: !config.disableSignup, trusted: config.trustUsers },
    verifyPassword: (email, password) => verifyPassword(config, deps, email, password),
  }),
};

async function verifyPassword(
  config: LocalAuthMethodConfig,
  deps: AuthMethodDeps,
  email: string,
  password: string,
): Promise<VerificationOutcome> {
  const person = await deps.findPersonByEmail(email.trim().toLowerCase());
  // The hash is checked for everyone, also where no person was found, so that time tells nobody who has an account.
  const passwordMatches = await deps.verifyPasswordHash(person?.passwordHash ?? null, password);
  return decideLogin(config, person, passwordMatches);
}

/** Says whether a person may log in. The password comes first: what is known of a person is for those who have it. */
export function decideLogin(config: LocalAuthMethodConfig, person: KnownPerson | null, passwordMatches: boolean): VerificationOutcome {
  if (person === null) return { verified: false, reason: 'unknown-person' };
  if (!passwordMatches) return { verified: false, reason: 'wrong-password' };
  if (person.blocked) return { verified: false, reason: 'blocked' };
  if (!person.validated && !config.trustUsers) return { verified: false, reason: 'not-validated' };
  return { verified: true, identity: { userId: person.userId, passwordHash: person.passwordHash } };
}
