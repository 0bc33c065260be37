import type { DataSource } from 'typeorm';
import type { ClientType } from '#config/registry.js';
import { batchedLookup } from '../batch/batched-lookup.js';

/** The OAuth view of a subscription (application × API). */
export interface Client {
  readonly clientId: string;
  readonly subscriptionId: string;
  readonly applicationId: string;
  readonly applicationName: string;
  readonly clientType: ClientType;
  readonly redirectUris: readonly string[];
  readonly apiId: string;
  readonly trusted: boolean;
  /** null: all scopes of the API; empty: none. */
  readonly allowedScopes: readonly string[] | null;
  readonly status: 'approved' | 'pending' | 'blocked';
  readonly applicationBlocked: boolean;
  /** SHA-256 of each live client secret. */
  readonly secretHashes: readonly Buffer[];
}

const CLIENT = `
  s.client_id AS "clientId", s.id AS "subscriptionId", s.application_id AS "applicationId", a.name AS "applicationName",
         a.client_type AS "clientType", a.redirect_uris AS "redirectUris", s.api_id AS "apiId", s.trusted,
         s.allowed_scopes AS "allowedScopes", s.status, a.blocked AS "applicationBlocked",
         ARRAY(
           SELECT c.hash FROM client_secret c
           WHERE c.subscription_id = s.id AND (c.expires_at IS NULL OR c.expires_at > now())
         ) AS "secretHashes"
  FROM subscription s
  JOIN application a ON a.id = s.application_id`;

const BY_CLIENT_IDS = `SELECT s.client_id AS key, ${CLIENT} WHERE s.client_id = ANY($1::text[])`;
const BY_SUBSCRIPTION_ID = `SELECT ${CLIENT} WHERE s.id = $1 AND s.client_id IS NOT NULL`;

export class ClientStore {
  /** Look-ups that come together share a statement; every request looks anew, so that a change counts from the next one on. */
  readonly findByClientId: (clientId: string) => Promise<Client | null>;

  constructor(private readonly dataSource: DataSource) {
    this.findByClientId = batchedLookup(dataSource, BY_CLIENT_IDS, (clientId) => clientId);
  }

  async findBySubscriptionId(subscriptionId: string): Promise<Client | null> {
    const rows: Client[] = await this.dataSource.query(BY_SUBSCRIPTION_ID, [subscriptionId]);
    return rows[0] ?? null;
  }
}
