import pg from 'pg';
import { CHANGE_CHANNEL } from './change-event.js';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

/**
 * Holds a connection of its own on which PostgreSQL tells of new changes. Only a waker: a reader polls as well, so nothing hangs on
 * this connection. It comes back by itself, ever more slowly while the server stays away.
 */
export class ChangeListener {
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;
  #closed = false;

  /**
   * @param url connection URL of the PostgreSQL server
   * @param onChange called for each notification, and after each connection (something may have been missed)
   */
  constructor(
    private readonly url: string,
    private readonly onChange: () => void,
  ) {}

  start(): void {
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'gatehouse change listener',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    this.#client = client;
    let lost = false;
    const lose = (): void => {
      if (lost) return;
      lost = true;
      client.end().catch(() => undefined);
      this.#connectLater();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', this.onChange);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANGE_CHANNEL}`);
      this.#retryMs = FIRST_RETRY_MS;
      this.onChange();
    } catch {
      lose();
    }
  }

  #connectLater(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }
}
