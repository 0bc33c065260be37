/**
 * Things that are traded for tokens once: codes and refresh tokens. Those that come at the same moment share a statement and a commit.
 */
import type { DataSource } from 'typeorm';
import type { GrantName } from '#config/registry.js';
import { StatementBatch } from '../batch/statement-batch.js';
import { preparedStatement } from '../schema/prepared-statement.js';
import { ASKED, type AskedTokens, INSERT_TOKENS_OF_FAMILY, tokenParameters } from './issue-tokens.js';

/** One trade. */
export interface Trade extends AskedTokens {
  /** SHA-256 of what is given. */
  readonly hash: Buffer;
  /** Kept with what was given, where its table has room for it. */
  readonly sealedSuccessor: Buffer | null;
}

export interface SingleUseTable {
  readonly name: 'authorization_code' | 'refresh_token';
  readonly grant: GrantName;
  readonly sealsSuccessor: boolean;
}

/**
 * Consumes each of several codes or refresh tokens and stores what it is traded for, or does nothing where it is no longer live. Of
 * two rows that give the same thing, UPDATE takes one. FOR SHARE keeps a revocation of the family waiting until the tokens are there
 * to be revoked; the family is locked first, as those do who delete it.
 * @param locked SKIP: leaves out what somebody else has locked, so that nothing waits, and no two statements wait for one another
 */
const consume = ({ name, sealsSuccessor }: SingleUseTable, locked: 'WAIT' | 'SKIP'): string => {
  const skip = locked === 'SKIP' ? 'SKIP LOCKED' : '';
  return `
  WITH ${ASKED}, given AS (
    SELECT * FROM unnest($10::bytea[], $11::bytea[]) WITH ORDINALITY AS row (hash, sealed_successor, n)
  ), live AS (
    SELECT t.hash, f.id, f.subscription_id, f.auth_method_id, f.created_at
    FROM ${name} t
    JOIN token_family f ON f.id = t.family_id
    WHERE t.hash = ANY($10::bytea[]) AND t.consumed_at IS NULL AND t.expires_at > now() AND f.revoked_at IS NULL
    FOR SHARE OF f ${skip} FOR NO KEY UPDATE OF t ${skip}
  ), family AS (
    UPDATE ${name} t SET consumed_at = now(),
      ${sealsSuccessor ? 'sealed_successor = given.sealed_successor,' : ''}
      -- A token that is not stored hangs on its family; this row keeps the family for as long as it lives.
      expires_at = CASE WHEN asked.access_hash IS NULL THEN greatest(t.expires_at, now() + asked.access_ttl) ELSE t.expires_at END
    FROM live JOIN given USING (hash) JOIN asked USING (n)
    WHERE t.hash = live.hash
    RETURNING n, live.id, live.subscription_id, live.auth_method_id, live.created_at
  ), ${INSERT_TOKENS_OF_FAMILY}
  SELECT n::int FROM family`;
};

type Consume = (values: unknown[]) => Promise<{ n: number }[]>;

/** Trades what stands in one table. */
export class SingleUse {
  readonly #grant: GrantName;
  readonly #consume: Consume;
  readonly #batch: StatementBatch<Trade, boolean>;

  constructor(dataSource: DataSource, table: SingleUseTable) {
    this.#grant = table.grant;
    this.#consume = preparedStatement(dataSource, consume(table, 'WAIT'));
    const consumeFree: Consume = preparedStatement(dataSource, consume(table, 'SKIP'));
    this.#batch = new StatementBatch((trades) => this.#run(consumeFree, trades));
  }

  /**
   * Of parallel trades of one thing one wins: the others, alone, wait for its row lock and then find it consumed.
   * @returns false where it was no longer live: used, expired or its family revoked
   */
  async trade(trade: Trade): Promise<boolean> {
    if (await this.#batch.add(trade)) return true;
    const [traded] = await this.#run(this.#consume, [trade]);
    return traded as boolean;
  }

  async #run(consumeThem: Consume, trades: readonly Trade[]): Promise<boolean[]> {
    const parameters = [
      ...tokenParameters(trades, this.#grant),
      trades.map(({ hash }) => hash),
      trades.map(({ sealedSuccessor }) => sealedSuccessor),
    ];
    const rows = await consumeThem(parameters);
    const traded = new Set(rows.map(({ n }) => n));
    return trades.map((_, i) => traded.has(i + 1));
  }
}
