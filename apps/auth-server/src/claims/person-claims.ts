import type { Issuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import type { RegistrationStore } from '#persistence/registration/registration.store.js';
import type { PersonStore } from '#persistence/user/person.store.js';
import { claimsOf } from './claims-of.js';
import { registrationClaims } from './registration-claims.js';

/** Looks up what claims are made of. */
export class PersonClaims {
  constructor(
    private readonly people: PersonStore,
    private readonly registrations: RegistrationStore,
    private readonly registry: Registry,
  ) {}

  /**
   * Claims of a person for an application at an issuer.
   * @param familyId of the tokens, which are for one of the person's namespaces; null where there is none
   * @returns null where there is no such person
   */
  async find(userId: string, issuer: Issuer, scopes: readonly string[], familyId: string | null): Promise<Record<string, unknown> | null> {
    const person = await this.people.findById(userId);
    if (person === null) return null;
    const registration = await this.#registration(this.registry.snapshot, userId, issuer, familyId);
    return claimsOf({ id: userId, email: person.email, emailVerified: person.validated }, registration, scopes);
  }

  async #registration({ pools }: RegistrySnapshot, userId: string, { api }: Issuer, familyId: string | null) {
    const pool = pools.get(api.registrationPool ?? '');
    if (pool === undefined) return null;
    const registration = await this.registrations.findOfFamily(userId, pool.id, familyId);
    return registration && registrationClaims(pool, registration.properties);
  }
}
