import type { Pool } from '#config/registry.js';
import type { RegistrationProperties } from '#persistence/registration/registration.store.js';
import type { RegistrationClaims } from './claims-of.js';

/** W6: what of a registration applications are told, under the names that the pool gives it. */
export function registrationClaims(pool: Pool, properties: RegistrationProperties): RegistrationClaims {
  return Object.fromEntries(pool.properties.flatMap(({ id, oidcClaim }) => (oidcClaim === null ? [] : [[oidcClaim, properties[id]]])));
}
