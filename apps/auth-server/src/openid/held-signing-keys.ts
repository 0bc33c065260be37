import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Registry } from '#config/registry-holder.js';
import type { SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import type { Logger } from '#process/logger.js';
import type { RootSecret } from '#secrets/root-secret.js';
import { SigningKeys } from '#signing/signing-keys.js';
import { ID_TOKEN_LIFETIME } from './id-token.js';

/** The signing keys, for as long as the app runs. */
export class HeldSigningKeys extends SigningKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(registry: Registry, store: SigningKeyStore, rootSecret: RootSecret, logger: Logger) {
    const longestTokenLife = (): number => {
      const lives = [...registry.snapshot.apis.values()].map(({ oauth2 }) => (oauth2?.tokenFormat === 'jwt' ? oauth2.accessTokenTtl : 0));
      return Math.max(ID_TOKEN_LIFETIME, ...lives);
    };
    super({ store, rootSecret, logger, longestTokenLife });
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }
}
