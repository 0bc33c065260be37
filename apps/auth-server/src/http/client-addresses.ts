import type { IncomingMessage } from 'node:http';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import { resolveClientAddress, TrustedProxies } from '#http/client-address.js';

/** Says from which address a request came, by the trusted proxies of the snapshot in force. */
export class ClientAddresses {
  readonly #registry: Registry;
  readonly #proxies = new WeakMap<RegistrySnapshot, TrustedProxies>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  of(request: IncomingMessage): string {
    const { snapshot } = this.#registry;
    let proxies = this.#proxies.get(snapshot);
    if (proxies === undefined) {
      proxies = new TrustedProxies(snapshot.trustedProxies);
      this.#proxies.set(snapshot, proxies);
    }
    const forwarded = request.headers['x-forwarded-for'];
    return resolveClientAddress(request.socket.remoteAddress ?? '', Array.isArray(forwarded) ? forwarded.join(',') : forwarded, proxies);
  }
}
