import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Registry } from '#config/registry-holder.js';
import type { EventLog, EventLogStore } from '#persistence/audit/event-log.store.js';
import type { SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import type { ExpiredRowsStore } from '#persistence/token/expired-rows.store.js';
import type { Logger } from '#process/logger.js';
import { reportUnexpectedError } from '../http/unexpected-error.js';

/** Milliseconds between two rounds. */
const INTERVAL = 60_000;
/** Batches of one table in one round, at most: a backlog is worked off over several rounds, between which others get their turn. */
const BATCHES_PER_ROUND = 20;
/**
 * Seconds that a row of the change feed stays at least: far longer than any reader goes on without reading. What it says of revocations stays
 * until the last token from before has expired, and an hour for clocks that differ: gateways that start later learn of them there.
 */
const FEED_RETENTION = 24 * 60 * 60;
const SPARE = 60 * 60;

/** Deletes what has expired: at start, and then once a minute. */
export class CleanUpJob implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly rows: ExpiredRowsStore,
    private readonly logs: EventLogStore,
    private readonly keys: Pick<SigningKeyStore, 'longestTokenLife'>,
    private readonly registry: Registry,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#begin();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #begin(): void {
    this.#round = this.#deleteExpired()
      .catch((error: unknown) => {
        reportUnexpectedError(this.logger, error);
      })
      .then(() => {
        if (!this.#stopped) this.#timer = setTimeout(() => this.#begin(), INTERVAL).unref();
      });
  }

  async #deleteExpired(): Promise<void> {
    await this.rows.truncateExpired();
    for (const table of this.rows.tables) {
      for (let batch = 0; batch < BATCHES_PER_ROUND && !this.#stopped; batch++) {
        const { more } = await this.rows.deleteBatch(table);
        if (!more) break;
      }
    }
    await this.#shorten('audit_event', this.registry.snapshot.auditRetention);
    await this.#shorten('change_event', Math.max(FEED_RETENTION, (await this.keys.longestTokenLife()) + SPARE));
  }

  async #shorten(log: EventLog, retention: number): Promise<void> {
    while (!this.#stopped && (await this.logs.deleteOldest(log, retention)));
  }
}
