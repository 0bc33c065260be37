import type { DataSource, EntityManager } from 'typeorm';
import { type AuditActor, recordAudit } from '../audit/audit-event.js';
import { recordChanges } from '../change/change-event.js';

export const SIGNING_ALGORITHMS = ['ES256', 'RS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A signing key as it is stored. */
export interface StoredSigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** The private key, encrypted. */
  readonly sealedPrivate: Buffer;
  readonly createdAt: Date;
  /** null: the next key, which is published and does not sign yet. */
  readonly signsFrom: Date | null;
}

export type NewSigningKey = Pick<StoredSigningKey, 'kid' | 'alg' | 'publicJwk' | 'sealedPrivate'>;

/** What a round of looking after the keys does. */
export interface KeyChanges {
  /** Keys to store; `signs`: from now on, or not yet. */
  readonly add: readonly { readonly key: NewSigningKey; readonly signs: boolean }[];
  /** Ids of next keys that take over as soon as they were published for `lead` seconds. */
  readonly promote: readonly string[];
}

/** Seconds that a key is published before it signs: longer than any copy of the key set is kept. */
export const PUBLISH_LEAD = 600;

/** Instances that look after the keys do so one after the other. */
const KEYS_LOCK = 4_707_190_003;

const LIST = `
  SELECT kid, alg, public_jwk AS "publicJwk", sealed_private AS "sealedPrivate", created_at AS "createdAt", signs_from AS "signsFrom"
  FROM signing_key
  ORDER BY signs_from NULLS LAST, created_at, kid`;

const ADD = `
  INSERT INTO signing_key (kid, alg, public_jwk, sealed_private, signs_from)
  VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END)`;

const PROMOTE = `
  UPDATE signing_key SET signs_from = greatest(now(), created_at + make_interval(secs => $2))
  WHERE kid = ANY($1) AND signs_from IS NULL`;

/** Where the key signs now: its successor, be it the next key or one that is about to take over, does from this moment. */
const SUPERSEDE = `
  WITH chosen AS (
    SELECT n.kid FROM signing_key k
    JOIN signing_key n ON n.alg = k.alg AND (n.signs_from IS NULL OR n.signs_from > now())
    WHERE k.kid = $1 AND k.signs_from <= now()
      AND NOT EXISTS (SELECT FROM signing_key o WHERE o.alg = k.alg AND o.signs_from > k.signs_from AND o.signs_from <= now())
    ORDER BY n.signs_from NULLS LAST, n.created_at
    LIMIT 1
  ), superseding AS (
    UPDATE signing_key SET signs_from = now() FROM chosen WHERE signing_key.kid = chosen.kid RETURNING signing_key.kid
  )
  SELECT kid FROM superseding`;

const RAISE_TOKEN_LIFE = `UPDATE signing_key SET token_life = $1 WHERE token_life < $1`;

const LONGEST_TOKEN_LIFE = `SELECT coalesce(max(token_life), 0) AS seconds FROM signing_key`;

/** A key goes when its successor has been signing for longer than any token of its own lives, and an hour. */
const DELETE_RETIRED = `
  WITH gone AS (
    DELETE FROM signing_key k
    WHERE k.signs_from IS NOT NULL AND EXISTS (
      SELECT FROM signing_key successor
      WHERE successor.alg = k.alg AND successor.signs_from > k.signs_from
        AND successor.signs_from + make_interval(secs => k.token_life) + interval '1 hour' < now()
    )
    RETURNING k.kid
  )
  SELECT kid FROM gone`;

const DELETE_KEY = `
  WITH gone AS (DELETE FROM signing_key WHERE kid = $1 RETURNING kid)
  SELECT kid FROM gone`;

/** Signing keys. Whoever holds keys in memory is told of changes through the change feed. */
export class SigningKeyStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Every key, in the order in which they sign; the next ones come last. */
  list(): Promise<StoredSigningKey[]> {
    return this.dataSource.query(LIST);
  }

  /**
   * Changes keys, while no other instance does.
   * @param decide says what to change, given the keys as they are now
   * @returns what was decided
   */
  change(actor: AuditActor, decide: (keys: readonly StoredSigningKey[]) => KeyChanges): Promise<KeyChanges> {
    return this.dataSource.transaction(async (db) => {
      await db.query('SELECT pg_advisory_xact_lock($1)', [KEYS_LOCK]);
      const changes = decide(await db.query(LIST));
      for (const { key, signs } of changes.add) await addKey(db, key, signs);
      if (changes.promote.length > 0) await db.query(PROMOTE, [changes.promote, PUBLISH_LEAD]);
      const added = changes.add.map(({ key }) => key.kid);
      await tellChanged(db, actor, 'key-created', added);
      await tellChanged(db, actor, 'key-rotated', changes.promote);
      return changes;
    });
  }

  /** Remembers that tokens now live so long (seconds): keys that sign or signed them stay as long. */
  async raiseTokenLife(seconds: number): Promise<void> {
    await this.dataSource.query(RAISE_TOKEN_LIFE, [seconds]);
  }

  /** Seconds that a signed token which has not expired lives at most. */
  async longestTokenLife(): Promise<number> {
    const rows: { seconds: number }[] = await this.dataSource.query(LONGEST_TOKEN_LIFE);
    return rows[0]?.seconds ?? 0;
  }

  /** Removes the keys by which no live token was signed. @returns their ids */
  deleteRetired(): Promise<string[]> {
    return this.#delete('system', DELETE_RETIRED, []);
  }

  /**
   * Lets the successor of a key sign at once, where the key signs: it can be removed when everyone who signs has read that.
   * @returns id of the successor; null: the key signs nothing now, or there is none to follow it
   */
  supersede(kid: string): Promise<string | null> {
    return this.dataSource.transaction(async (db) => {
      await db.query('SELECT pg_advisory_xact_lock($1)', [KEYS_LOCK]);
      const rows: { kid: string }[] = await db.query(SUPERSEDE, [kid]);
      await tellChanged(
        db,
        'operator',
        'key-rotated',
        rows.map((row) => row.kid),
      );
      return rows[0]?.kid ?? null;
    });
  }

  /** Removes a key: what it signed is no longer believed. @returns false where there is no such key */
  async delete(kid: string): Promise<boolean> {
    return (await this.#delete('operator', DELETE_KEY, [kid])).length === 1;
  }

  #delete(actor: AuditActor, statement: string, parameters: readonly string[]): Promise<string[]> {
    return this.dataSource.transaction(async (db) => {
      const rows: { kid: string }[] = await db.query(statement, [...parameters]);
      const kids = rows.map((row) => row.kid);
      await tellChanged(db, actor, 'key-removed', kids);
      return kids;
    });
  }
}

async function addKey(db: EntityManager, key: NewSigningKey, signs: boolean): Promise<void> {
  await db.query(ADD, [key.kid, key.alg, JSON.stringify(key.publicJwk), key.sealedPrivate, signs]);
}

type KeyDeed = 'key-created' | 'key-rotated' | 'key-removed';

async function tellChanged(db: EntityManager, actor: AuditActor, kind: KeyDeed, kids: readonly string[]): Promise<void> {
  await recordAudit(
    db,
    kids.map((kid) => ({ kind, actor, subject: `key:${kid}` as const, address: null })),
  );
  await recordChanges(
    db,
    kids.map((kid) => ({ kind: 'signing_key', subjectId: kid })),
  );
}
