import type { DataSource, EntityManager } from 'typeorm';

/** Rows that one statement deletes at most, so that none holds locks for long. */
const BATCH = 1_000;

/**
 * What has expired, table by table. A code stays a day longer, so that its replay is still known for one; so does a refresh token, so
 * that its family outlives the access tokens that were issued with it. SKIP LOCKED lets several auth-servers clean up side by side.
 */
const EXPIRED = {
  authorization_request: 'expires_at < now()',
  user_session: 'expires_at < now()',
  access_token_0: 'expires_at < now()',
  authorization_code: `expires_at < now() - interval '1 day'`,
  refresh_token: `expires_at < now() - interval '1 day'`,
  device_authorization: `expires_at < now() - interval '1 day'`,
  failure_count: 'resets_at < now()',
  email_link: `expires_at < now() - interval '1 day'`,
} as const;

export type ExpiringTable = keyof typeof EXPIRED;

/** Tables whose rows hang on a token family. */
const OF_FAMILY: readonly ExpiringTable[] = ['access_token_0', 'authorization_code', 'refresh_token'];

const deleteBatch = (table: ExpiringTable, returning: string): string => `
  WITH gone AS (
    DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM ${table} WHERE ${EXPIRED[table]} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    ))
    RETURNING ${returning} AS family_id
  )
  SELECT count(*)::int AS count, array_agg(DISTINCT family_id) FILTER (WHERE family_id IS NOT NULL) AS families FROM gone`;

const DELETE_EMPTY_FAMILIES = `
  DELETE FROM token_family f
  WHERE f.id = ANY($1::uuid[])
    AND NOT EXISTS (SELECT FROM refresh_token WHERE family_id = f.id)
    AND NOT EXISTS (SELECT FROM access_token WHERE family_id = f.id AND expires_at > now())
    AND NOT EXISTS (SELECT FROM authorization_code WHERE family_id = f.id)`;

/**
 * Partitions of access tokens in which no live one can be: a token expires within a day of its issue, so that only those of the
 * coming 24 hours are in use. Ten minutes are kept on top, for statements under way.
 */
const FIND_FREE_BUCKETS = `
  SELECT bucket FROM generate_series(1, 6) AS ring (bucket)
  WHERE bucket NOT IN (
    SELECT 1 + slot % 6
    FROM generate_series(
      floor(extract(epoch FROM clock_timestamp() - interval '10 minutes') / 21600)::bigint,
      floor(extract(epoch FROM clock_timestamp() + interval '24 hours 10 minutes') / 21600)::bigint
    ) AS used (slot)
  )`;

/** How often one round asks for the lock of a partition, which somebody may hold for long (a backup); the next round does again. */
const ATTEMPTS = 5;

/** SQLSTATE. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Deletes what has expired, in bounded batches. */
export class ExpiredRowsStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Deletes one batch of a table, and the token families of which nothing is left.
   * @returns number of rows, and whether there may be more
   */
  async deleteBatch(table: ExpiringTable): Promise<{ count: number; more: boolean }> {
    const ofFamily = OF_FAMILY.includes(table) ? 'family_id' : 'NULL::uuid';
    const rows: { count: number; families: string[] | null }[] = await this.dataSource.query(deleteBatch(table, ofFamily));
    const { count, families } = rows[0] ?? { count: 0, families: null };
    if (families !== null) await this.dataSource.query(DELETE_EMPTY_FAMILIES, [families]);
    return { count, more: count === BATCH };
  }

  /**
   * Empties the partitions of access tokens of which every row has expired, at the same cost for one row as for a million.
   * @returns number of partitions that were emptied
   */
  async truncateExpired(): Promise<number> {
    let emptied = 0;
    for (const bucket of await this.#freeBuckets(this.dataSource.manager)) {
      const rows: unknown[] = await this.dataSource.query(`SELECT 1 FROM access_token_${bucket} LIMIT 1`);
      if (rows.length > 0 && (await this.#truncatePatiently(bucket))) emptied++;
    }
    return emptied;
  }

  async #truncatePatiently(bucket: number): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await this.#truncate(bucket)) return true;
    }
    return false;
  }

  /**
   * Everybody who looks up a token waits behind whoever waits for this lock, so it is given up soon where it is not free, to let them pass. Once held, it is held for the making of an empty file: PostgreSQL removes the old one, however large, after
   * it has let go of the lock.
   * @returns false where the lock was not free, or the partition's turn has come again
   */
  async #truncate(bucket: number): Promise<boolean> {
    try {
      return await this.dataSource.transaction(async (db) => {
        await db.query(`SET LOCAL lock_timeout = '100ms'`);
        await db.query(`LOCK TABLE access_token_${bucket} IN ACCESS EXCLUSIVE MODE`);
        if (!(await this.#freeBuckets(db)).includes(bucket)) return false;
        await db.query(`TRUNCATE access_token_${bucket}`);
        return true;
      });
    } catch (error) {
      if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return false;
      throw error;
    }
  }

  async #freeBuckets(db: Pick<EntityManager, 'query'>): Promise<number[]> {
    const rows: { bucket: number }[] = await db.query(FIND_FREE_BUCKETS);
    return rows.map((row) => row.bucket);
  }

  get tables(): readonly ExpiringTable[] {
    return Object.keys(EXPIRED) as ExpiringTable[];
  }
}
