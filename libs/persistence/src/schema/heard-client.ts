import type { Socket } from 'node:net';
import pg from 'pg';

/** The server ends a statement that takes longer (milliseconds). */
export const STATEMENT_MS = 30_000;
/** What a live server needs to say so. */
const GRACE_MS = 5_000;

/**
 * A connection that is given up where its server owes an answer and is silent for longer than any statement may take. Nothing else
 * ends one whose server stands still, or was cut off without a word: whoever asked would wait, and the pool run dry. The pool opens
 * another in its place.
 */
export class HeardClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.once('connect', () => {
      const { stream } = (this as unknown as { readonly connection: { readonly stream: Socket } }).connection;
      stream.setTimeout(STATEMENT_MS + GRACE_MS, () => {
        const { readyForQuery } = this as unknown as { readonly readyForQuery: boolean };
        if (!readyForQuery) stream.destroy(new Error('The database is silent for longer than a statement may take.'));
      });
    });
  }
}
