import type { AuthMethod, AuthMethodDeps } from '#auth-methods/auth-method.js';
import { authMethodTypes } from '#auth-methods/index.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import type { PersonStore } from '#persistence/user/person.store.js';
import { verifyPassword } from '#secrets/password.js';

/** The enabled auth methods of the snapshot in force, made once per snapshot. */
export class ConfiguredAuthMethods {
  readonly #registry: Registry;
  readonly #deps: AuthMethodDeps;
  readonly #made = new WeakMap<RegistrySnapshot, ReadonlyMap<string, AuthMethod>>();

  constructor(registry: Registry, people: PersonStore) {
    this.#registry = registry;
    this.#deps = { findPersonByEmail: (email) => people.findByEmail(email), verifyPasswordHash: verifyPassword };
  }

  get(id: string): AuthMethod | undefined {
    const { snapshot } = this.#registry;
    let methods = this.#made.get(snapshot);
    if (methods === undefined) {
      methods = this.#make(snapshot);
      this.#made.set(snapshot, methods);
    }
    return methods.get(id);
  }

  #make(snapshot: RegistrySnapshot): ReadonlyMap<string, AuthMethod> {
    const methods = new Map<string, AuthMethod>();
    for (const entry of snapshot.authMethods.values()) {
      const type = authMethodTypes.find((candidate) => candidate.type === entry.type);
      // The config was refused had it named another type.
      if (type === undefined) throw new Error(`Auth method ${entry.id} is of the unknown type ${entry.type}`);
      if (entry.enabled) methods.set(entry.id, type.create(entry.config, this.#deps));
    }
    return methods;
  }
}
