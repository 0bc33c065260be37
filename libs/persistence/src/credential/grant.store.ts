import type { DataSource } from 'typeorm';
import type { ChangeKind } from '../change/change-event.js';
import type { Credential } from './credential.js';

/** A subscription, as far as tokens that are signed hang on it. */
export interface GrantSubscription {
  readonly id: string;
  readonly applicationId: string;
  readonly applicationBlocked: boolean;
  readonly status: Credential['subscriptionStatus'];
  readonly apiId: string;
  readonly planId: string;
  readonly clientId: string | null;
  /** The client's own signed tokens that were issued up to then (seconds since the epoch) have ended; null: none have. */
  readonly signedEnded: number | null;
}

/** What may have changed about a person since a token was issued to them. */
export interface GrantPerson {
  readonly id: string;
  readonly blocked: boolean;
  readonly groups: readonly string[];
}

/** A change that outlives its moment: tokens that were issued before it may still be shown. */
export interface LastingChange {
  /** Where the next page begins: transaction, and row. */
  readonly position: readonly [txid: string, id: string];
  readonly kind: Extract<ChangeKind, 'token_family' | 'user'>;
  readonly id: string;
  /** Seconds. */
  readonly age: number;
}

const SELECT_SUBSCRIPTION = `
  SELECT s.id, s.application_id AS "applicationId", a.blocked AS "applicationBlocked", s.status, s.api_id AS "apiId", s.plan_id AS "planId",
         s.client_id AS "clientId", extract(epoch FROM s.client_tokens_ended_at)::float8 AS "signedEnded"
  FROM subscription s
  JOIN application a ON a.id = s.application_id`;

const LIST_SUBSCRIPTIONS = `${SELECT_SUBSCRIPTION} WHERE s.api_id = ANY($1) AND s.id > $2::uuid ORDER BY s.id LIMIT $3`;

/** By their own ids, or their applications'. */
const FIND_SUBSCRIPTIONS = `${SELECT_SUBSCRIPTION} WHERE s.api_id = ANY($1) AND (s.id = ANY($2::uuid[]) OR s.application_id = ANY($3))`;

const FIND_PEOPLE = `SELECT id, blocked, groups FROM user_account WHERE id = ANY($1::uuid[])`;

/** In the order of the index that leaves out the events of the audit log, of which there are far more. */
const LIST_LASTING_CHANGES = `
  SELECT ARRAY[txid::text, id::text] AS position, kind, subject_id AS id, extract(epoch FROM now() - created_at)::float8 AS age
  FROM change_event
  WHERE audit_event_ids IS NULL AND (txid, change_event.id) > ($1::bigint, $2::bigint) AND kind IN ('token_family', 'user')
  ORDER BY txid, change_event.id
  LIMIT $3`;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LEAST_UUID = '00000000-0000-0000-0000-000000000000';

/** Reads what signed tokens hang on, for those who hold all of it in memory. */
export class GrantStore {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of the subscriptions to some APIs. @param after id of the last one of the page before; null: the first page */
  listSubscriptions(apiIds: readonly string[], after: string | null, limit: number): Promise<GrantSubscription[]> {
    return this.dataSource.query(LIST_SUBSCRIPTIONS, [apiIds, after ?? LEAST_UUID, limit]);
  }

  /** Subscriptions to some APIs, by their ids and by those of applications. */
  findSubscriptions(apiIds: readonly string[], ids: readonly string[], applicationIds: readonly string[]): Promise<GrantSubscription[]> {
    return this.dataSource.query(FIND_SUBSCRIPTIONS, [apiIds, ids.filter((id) => UUID.test(id)), applicationIds]);
  }

  findPeople(ids: readonly string[]): Promise<GrantPerson[]> {
    return this.dataSource.query(FIND_PEOPLE, [ids.filter((id) => UUID.test(id))]);
  }

  /** A page of the families that were revoked and the people who changed, for as long as the change feed goes back. @param after position of the last one of the page before; null: the first page */
  listLastingChanges(after: LastingChange['position'] | null, limit: number): Promise<LastingChange[]> {
    return this.dataSource.query(LIST_LASTING_CHANGES, [...(after ?? ['0', '0']), limit]);
  }
}
