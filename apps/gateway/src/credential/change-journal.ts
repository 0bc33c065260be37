import type { Change } from '#persistence/change/change-event.js';
import type { Logger } from '#process/logger.js';
import type { CredentialForgetter } from './change-follower.js';
import type { CredentialFile } from './credential-file.js';

/**
 * What the change feed said since the known credentials were last written to disk, on disk before it is acted upon: a gateway that is
 * killed, and starts again while the database is away, does not serve what had been revoked before.
 */
export class ChangeJournal implements CredentialForgetter {
  readonly #file: CredentialFile;
  readonly #logger: Pick<Logger, 'warn'>;
  #entries: (readonly Change[])[] = [];
  /** Whether nothing of an earlier process is left on disk. */
  #begun = false;
  #failing = false;

  constructor(file: CredentialFile, logger: Pick<Logger, 'warn'>) {
    this.#file = file;
    this.#logger = logger;
  }

  /** What the next writing of the credentials takes into account, for `drop`. */
  get length(): number {
    return this.#entries.length;
  }

  forget(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#entries.push(changes);
    this.#try(() => this.#file.appendChanges(changes));
  }

  /** What is not trusted is forgotten, on disk with the next writing of the credentials. */
  forgetAll(): void {}

  /** The first so many entries are in what was written. */
  drop(entries: number): void {
    if (entries === 0 && this.#begun) return;
    this.#begun = true;
    this.#entries = this.#entries.slice(entries);
    this.#try(() => this.#file.replaceChanges(this.#entries));
  }

  #try(write: () => void): void {
    try {
      write();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#logger.warn({ error: (error as Error).message }, 'Changes cannot be kept on disk; set GATEHOUSE_DATA');
      this.#failing = true;
    }
  }
}
