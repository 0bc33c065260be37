import type { Pool } from '#config/registry.js';

/** What a person has to do about the pool of an API before they can go on. */
export type RegistrationDecision =
  /** Nothing; `namespace`: what the authorization is for, null where the pool has none (or the API no pool). */
  | { readonly need: 'nothing'; readonly namespace: string | null }
  | { readonly need: 'register' }
  | { readonly need: 'choose'; readonly namespaces: readonly string[] }
  | { readonly need: 'refuse'; readonly reason: 'register-disabled' | 'no-namespace' | 'other-namespace' };

export interface RegistrationFacts {
  /** null: the API has no pool. */
  readonly pool: Pool | null;
  /** Namespaces of the person's registrations in the pool; empty text: one without. */
  readonly registered: readonly string[];
  /** Of the parameter `namespace`. */
  readonly requested: string | null;
  /** What the person chose in this very flow. */
  readonly chosen: string | null;
}

/**
 * W6, W7. In a pool without namespaces people register themselves, once. In one with namespaces, who belongs where is not theirs to
 * say: they take one of those that they are registered in.
 */
export function decideRegistration({ pool, registered, requested, chosen }: RegistrationFacts): RegistrationDecision {
  if (pool === null) return { need: 'nothing', namespace: null };
  if (!pool.requiresNamespace) {
    if (registered.includes('')) return { need: 'nothing', namespace: null };
    return pool.disableRegister ? { need: 'refuse', reason: 'register-disabled' } : { need: 'register' };
  }
  const namespaces = registered.filter((namespace) => namespace !== '');
  if (requested !== null) {
    return namespaces.includes(requested) ? { need: 'nothing', namespace: requested } : { need: 'refuse', reason: 'other-namespace' };
  }
  const [only] = namespaces;
  if (only === undefined) return { need: 'refuse', reason: 'no-namespace' };
  if (namespaces.length === 1) return { need: 'nothing', namespace: only };
  return chosen !== null && namespaces.includes(chosen) ? { need: 'nothing', namespace: chosen } : { need: 'choose', namespaces };
}
