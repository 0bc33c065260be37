import type { Issuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import type { RegistrationStore } from '#persistence/registration/registration.store.js';
import type { PersonStore } from '#persistence/user/person.store.js';
import { claimsOf, IDENTITY_SCOPES } from './claims-of.js';
import { registrationClaims } from './registration-claims.js';

/** Which registration of a person counts. */
type RegistrationOf = { readonly familyId: string | null } | { readonly namespace: string | null };

/** Looks up what claims are made of. */
export class PersonClaims {
  constructor(
    private readonly people: PersonStore,
    private readonly registrations: RegistrationStore,
    private readonly registry: Registry,
  ) {}

  /**
   * Claims of a person for an application at an issuer.
   * @param of which of the person's registrations: that of the tokens' family, or of a namespace (null: of none)
   * @returns null where there is no such person
   */
  async find(userId: string, issuer: Issuer, scopes: readonly string[], of: RegistrationOf): Promise<Record<string, unknown> | null> {
    const person = await this.people.findById(userId);
    if (person === null) return null;
    // What is in the account is told to the API's own service alone.
    if (issuer.oauth2.passthroughUsers) return { sub: userId };
    const registration = await this.#registration(this.registry.snapshot, userId, issuer, of);
    return claimsOf({ id: userId, email: person.email, emailVerified: person.validated }, registration, scopes);
  }

  /**
   * All that is known of a person at an issuer, for the API's own service (`passthroughScopeUrl`).
   * @param namespace which of the person's registrations
   */
  async profile(userId: string, issuer: Issuer, namespace: string | null): Promise<Record<string, unknown>> {
    const person = await this.people.findById(userId);
    if (person === null) return { sub: userId };
    const told = await this.#registration(this.registry.snapshot, userId, issuer, { namespace });
    return claimsOf({ id: userId, email: person.email, emailVerified: person.validated }, told, IDENTITY_SCOPES);
  }

  async #registration({ pools }: RegistrySnapshot, userId: string, { api }: Issuer, of: RegistrationOf) {
    const pool = pools.get(api.registrationPool ?? '');
    if (pool === undefined) return null;
    const registration =
      'familyId' in of
        ? await this.registrations.findOfFamily(userId, pool.id, of.familyId)
        : (await this.registrations.listOfPool(userId, pool.id)).find(({ namespace }) => namespace === (of.namespace ?? ''));
    return registration ? registrationClaims(pool, registration.properties) : null;
  }
}
