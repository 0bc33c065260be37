import type { DataSource } from 'typeorm';
import { recordAudit } from '../audit/audit-event.js';
import { recordChanges } from '../change/change-event.js';
import { endApprovedDevices } from '../device/end-approved-devices.js';
import { DELETE_ACCESS_TOKENS_OF_FAMILIES } from '../token/token-family.store.js';

/** A consent as its person sees it. */
export interface GivenConsent {
  readonly applicationId: string;
  readonly applicationName: string;
  readonly apiId: string;
  readonly scopes: readonly string[];
  readonly updatedAt: Date;
}

export interface NewConsent {
  /** SHA-256 of the id of the authorization request in which it is given. */
  readonly requestIdHash: Buffer;
  /** Scopes that the API's own service decided on, as they were shown; null: there is none. */
  readonly decidedScopes: readonly string[] | null;
  readonly userId: string;
  readonly applicationId: string;
  readonly apiId: string;
  readonly scopes: readonly string[];
  /** Of the person's browser, for the audit log. */
  readonly address: string;
  /** false: it holds for this once. */
  readonly remember: boolean;
}

const FIND_SCOPES = `SELECT scopes FROM consent WHERE user_id = $1 AND application_id = $2 AND api_id = $3`;

/** The request has its answer with it. A consent grows: scopes that were given once stay given until it is revoked. */
const GIVE = `
  WITH answered AS (
    UPDATE authorization_request SET consent_decision = 'allowed', consent_user_id = $1::uuid
    WHERE id_hash = $7::bytea AND finished_at IS NULL AND decided_scopes IS NOT DISTINCT FROM $8::text[]
    RETURNING id_hash
  ), audit AS (
    INSERT INTO audit_event (kind, actor, subject, address, details)
    SELECT 'consent-given', 'user:' || $1::uuid, 'application:' || $2::text, $5::text, jsonb_build_object('api', $3::text, 'scopes', $4::text[])
    FROM answered
  )
  INSERT INTO consent AS c (user_id, application_id, api_id, scopes)
  SELECT $1::uuid, $2::text, $3::text, $4::text[] FROM answered WHERE $6::boolean
  ON CONFLICT (user_id, application_id, api_id) DO UPDATE
  SET scopes = ARRAY(SELECT DISTINCT unnest(c.scopes || EXCLUDED.scopes) ORDER BY 1), updated_at = now()`;

const LIST_OF_USER = `
  SELECT c.application_id AS "applicationId", a.name AS "applicationName", c.api_id AS "apiId", c.scopes, c.updated_at AS "updatedAt"
  FROM consent c
  JOIN application a ON a.id = c.application_id
  WHERE c.user_id = $1
  ORDER BY a.name, c.api_id`;

const DELETE_CONSENT = `DELETE FROM consent WHERE user_id = $1 AND application_id = $2 AND api_id = $3`;

const SUBSCRIPTIONS = `SELECT id FROM subscription WHERE application_id = $1 AND api_id = $2`;

const REVOKE_FAMILIES = `
  WITH revoked AS (
    UPDATE token_family f SET revoked_at = now(), revoked_reason = 'consent-revoked'
    FROM subscription s
    WHERE f.user_id = $1 AND f.subscription_id = s.id AND s.application_id = $2 AND s.api_id = $3 AND f.revoked_at IS NULL
    RETURNING f.id
  )
  SELECT id FROM revoked`;

/** What people allowed, per person × application × API. */
export class ConsentStore {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns null where there is no consent; a consent may be one to no scopes */
  async findScopes(userId: string, applicationId: string, apiId: string): Promise<readonly string[] | null> {
    const rows: { scopes: string[] }[] = await this.dataSource.query(FIND_SCOPES, [userId, applicationId, apiId]);
    return rows[0]?.scopes ?? null;
  }

  /** Gives a consent in an authorization request, unless that has ended, or is about something else by now. */
  async give(consent: NewConsent): Promise<void> {
    const { userId, applicationId, apiId, scopes, address, remember, requestIdHash, decidedScopes } = consent;
    await this.dataSource.query(GIVE, [userId, applicationId, apiId, scopes, address, remember, requestIdHash, decidedScopes]);
  }

  listOfUser(userId: string): Promise<GivenConsent[]> {
    return this.dataSource.query(LIST_OF_USER, [userId]);
  }

  /**
   * Takes a consent back, and with it all that it gave out: in one transaction the token families of that application at that API
   * are revoked, their access tokens deleted, and gateways told.
   */
  async revoke(userId: string, applicationId: string, apiId: string, address: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      await db.query(DELETE_CONSENT, [userId, applicationId, apiId]);
      const subscriptions: { id: string }[] = await db.query(SUBSCRIPTIONS, [applicationId, apiId]);
      await endApprovedDevices(db, { userId, subscriptionIds: subscriptions.map(({ id }) => id) });
      const families: { id: string }[] = await db.query(REVOKE_FAMILIES, [userId, applicationId, apiId]);
      const ids = families.map((family) => family.id);
      await db.query(DELETE_ACCESS_TOKENS_OF_FAMILIES, [ids]);
      await recordChanges(
        db,
        ids.map((id) => ({ kind: 'token_family', subjectId: id })),
      );
      const details = { api: apiId, authorizations: ids.length };
      await recordAudit(db, [
        { kind: 'consent-revoked', actor: `user:${userId}`, subject: `application:${applicationId}`, address, details },
      ]);
    });
  }
}
