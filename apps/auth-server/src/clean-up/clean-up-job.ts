import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Registry } from '#config/registry-holder.js';
import type { EventLog, EventLogStore } from '#persistence/audit/event-log.store.js';
import type { SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import type { ExpiredRowsStore, ExpiringTable } from '#persistence/token/expired-rows.store.js';
import type { Logger } from '#process/logger.js';
import { reportUnexpectedError } from '../http/unexpected-error.js';

/** Milliseconds between two rounds. */
const INTERVAL = 60_000;
/**
 * Batches of one table in one round, at most: a backlog is worked off over several rounds, so that every table has its turn. The next one
 * follows at once while something is left: what is issued in a minute may be more than one round takes away.
 */
const BATCHES_PER_ROUND = 20;
/**
 * Seconds that a row of the change feed stays at least: far longer than any reader goes on without reading. What it says of revocations stays
 * until the last token from before has expired, and an hour for clocks that differ: gateways that start later learn of them there.
 */
const FEED_RETENTION = 24 * 60 * 60;
const SPARE = 60 * 60;

/** Deletes what has expired: at start, and then once a minute; without a pause while there is a backlog. */
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
        return false;
      })
      .then((isMore) => {
        if (!this.#stopped) this.#timer = setTimeout(() => this.#begin(), isMore ? 0 : INTERVAL).unref();
      });
  }

  /** @returns whether something that has expired is left */
  async #deleteExpired(): Promise<boolean> {
    await this.rows.truncateExpired();
    let isMore = false;
    for (const table of this.rows.tables) isMore = (await this.#deleteFrom(table)) || isMore;
    await this.#shorten('audit_event', this.registry.snapshot.auditRetention);
    await this.#shorten('change_event', Math.max(FEED_RETENTION, (await this.keys.longestTokenLife()) + SPARE));
    return isMore;
  }

  async #deleteFrom(table: ExpiringTable): Promise<boolean> {
    for (let batch = 0; batch < BATCHES_PER_ROUND && !this.#stopped; batch++) {
      const { more } = await this.rows.deleteBatch(table);
      if (!more) return false;
    }
    return true;
  }

  async #shorten(log: EventLog, retention: number): Promise<void> {
    while (!this.#stopped && (await this.logs.deleteOldest(log, retention)));
  }
}
