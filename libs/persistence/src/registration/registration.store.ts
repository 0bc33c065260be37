import type { DataSource } from 'typeorm';
import { recordAudit } from '../audit/audit-event.js';
import { recordChanges } from '../change/change-event.js';
import { endApprovedDevices } from '../device/end-approved-devices.js';
import { DELETE_ACCESS_TOKENS_OF_FAMILIES } from '../token/token-family.store.js';

/** Values by the ids of the pool's properties. */
export type RegistrationProperties = Readonly<Record<string, string>>;

export interface Registration {
  readonly poolId: string;
  /** Empty: the pool has none. */
  readonly namespace: string;
  readonly properties: RegistrationProperties;
}

export interface NewRegistration extends Registration {
  readonly userId: string;
  /** Of whoever causes it, for the audit log; null: the operator. */
  readonly address: string | null;
}

export interface RemovedRegistration {
  readonly userId: string;
  readonly poolId: string;
  readonly namespace: string;
  readonly apiIds: readonly string[];
}

const SELECT = `SELECT pool_id AS "poolId", namespace, properties FROM registration WHERE user_id = $1`;
const LIST_OF_POOL = `${SELECT} AND pool_id = $2 ORDER BY namespace`;
const LIST_OF_USER = `${SELECT} ORDER BY pool_id, namespace`;
/** That of the token family's namespace; without one, that of the pool without namespaces. */
const FIND_OF_FAMILY = `
  ${SELECT} AND pool_id = $2 AND namespace = coalesce((SELECT namespace FROM token_family WHERE id = $3::uuid), '')`;

/** Of parallel ones the first is stored; the others find it there. */
const INSERT = `
  INSERT INTO registration (user_id, pool_id, namespace, properties) VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id, pool_id, namespace) DO NOTHING RETURNING user_id`;
const UPDATE = `
  WITH changed AS (
    UPDATE registration SET properties = $4, updated_at = now() WHERE user_id = $1 AND pool_id = $2 AND namespace = $3 RETURNING user_id
  )
  SELECT user_id FROM changed`;

const DELETE = `
  WITH gone AS (DELETE FROM registration WHERE user_id = $1 AND pool_id = $2 AND namespace = $3 RETURNING user_id)
  SELECT user_id FROM gone`;

const SUBSCRIPTIONS_OF_APIS = `SELECT id FROM subscription WHERE api_id = ANY($1::text[])`;

/** What another pool calls the same is another namespace. */
const REVOKE_FAMILIES = `
  WITH revoked AS (
    UPDATE token_family SET revoked_at = now(), revoked_reason = 'registration-removed'
    WHERE user_id = $1 AND namespace IS NOT DISTINCT FROM nullif($2::text, '') AND subscription_id = ANY($3::uuid[]) AND revoked_at IS NULL
    RETURNING id
  )
  SELECT id FROM revoked`;

/** What people told about themselves, per person × pool × namespace. */
export class RegistrationStore {
  constructor(private readonly dataSource: DataSource) {}

  listOfPool(userId: string, poolId: string): Promise<Registration[]> {
    return this.dataSource.query(LIST_OF_POOL, [userId, poolId]);
  }

  listOfUser(userId: string): Promise<Registration[]> {
    return this.dataSource.query(LIST_OF_USER, [userId]);
  }

  /** The registration behind a token. */
  async findOfFamily(userId: string, poolId: string, familyId: string | null): Promise<Registration | null> {
    const rows: Registration[] = await this.dataSource.query(FIND_OF_FAMILY, [userId, poolId, familyId]);
    return rows[0] ?? null;
  }

  /** @returns false where there was one already, which stays as it is */
  insert(next: NewRegistration): Promise<boolean> {
    return this.#write(INSERT, next, 'created');
  }

  /** @returns false where there is none */
  update(next: NewRegistration): Promise<boolean> {
    return this.#write(UPDATE, next, 'updated');
  }

  /**
   * Takes a registration away, and with it all that it gave out.
   * @param apiIds APIs of the pool: tokens of others do not hang on it
   * @returns false where there is none
   */
  remove({ userId, poolId, namespace, apiIds }: RemovedRegistration): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(DELETE, [userId, poolId, namespace]);
      if (rows.length === 0) return false;
      const subscriptions: { id: string }[] = await db.query(SUBSCRIPTIONS_OF_APIS, [apiIds]);
      const subscriptionIds = subscriptions.map(({ id }) => id);
      await endApprovedDevices(db, { userId, subscriptionIds });
      const families: { id: string }[] = await db.query(REVOKE_FAMILIES, [userId, namespace, subscriptionIds]);
      const ids = families.map(({ id }) => id);
      await db.query(DELETE_ACCESS_TOKENS_OF_FAMILIES, [ids]);
      await recordChanges(
        db,
        ids.map((id) => ({ kind: 'token_family', subjectId: id })),
      );
      const details = { pool: poolId, namespace, change: 'removed' };
      await recordAudit(db, [{ kind: 'registration-changed', actor: 'operator', subject: `user:${userId}`, address: null, details }]);
      return true;
    });
  }

  #write(statement: string, { userId, poolId, namespace, properties, address }: NewRegistration, change: string): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(statement, [userId, poolId, namespace, JSON.stringify(properties)]);
      if (rows.length === 0) return false;
      const actor = address === null ? 'operator' : (`user:${userId}` as const);
      const details = { pool: poolId, namespace, change };
      await recordAudit(db, [{ kind: 'registration-changed', actor, subject: `user:${userId}`, address, details }]);
      return true;
    });
  }
}
