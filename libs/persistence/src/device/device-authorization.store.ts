import type { DataSource } from 'typeorm';
import { type AuditEvent, recordAudit } from '../audit/audit-event.js';
import { type AuthorizationGrounds, areHeld, groundsParameters, holdGrounds } from '../authorization/authorization-grounds.js';
import { lockLiveSession } from '../authorization/session.store.js';
import { ASKED, INSERT_TOKENS_OF_FAMILY, tokenParameters } from '../token/issue-tokens.js';
import type { NewTokens, TokenOrigin } from '../token/new-tokens.js';

export interface NewDeviceAuthorization {
  /** SHA-256 of the device code. */
  readonly hash: Buffer;
  readonly userCode: string;
  readonly subscriptionId: string;
  readonly authMethodId: string;
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly pollInterval: number;
  /** Seconds. */
  readonly lifetime: number;
}

/** A device that waits, as the person sees it. */
export interface WaitingDevice {
  readonly hash: Buffer;
  readonly subscriptionId: string;
  readonly authMethodId: string;
  readonly scopes: readonly string[];
}

/** What a device that is let in gets. */
export interface DeviceApproval {
  readonly scopes: readonly string[];
  /** Which of the person's namespaces it is for; null: the API's pool has none. */
  readonly namespace: string | null;
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
  readonly grounds: AuthorizationGrounds;
}

/** What a person says to a device. */
export interface DeviceDecision {
  /** null: it is not let in. */
  readonly approval: DeviceApproval | null;
  readonly userId: string;
  /** SHA-256 of the id of the session in which they say it. */
  readonly sessionHash: Buffer;
  /** When they logged in. */
  readonly authenticatedAt: Date | null;
  /** Of their browser. */
  readonly address: string;
}

/** A device code that was presented, with what decides over it. */
export interface PolledDevice {
  readonly subscriptionId: string;
  readonly authMethodId: string;
  readonly scopes: readonly string[];
  readonly decision: 'approved' | 'denied' | null;
  /** Who decided, and when they had logged in. */
  readonly userId: string | null;
  readonly authenticatedAt: Date | null;
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
  /** Which of their namespaces it is for; null: there is none. */
  readonly namespace: string | null;
  /** Of the person who decided. */
  readonly groups: readonly string[];
  readonly expired: boolean;
  readonly consumed: boolean;
  readonly userBlocked: boolean;
  /** It asked again before its interval had passed. */
  readonly tooSoon: boolean;
}

const INSERT = `
  INSERT INTO device_authorization (hash, user_code, subscription_id, auth_method_id, scopes, poll_interval, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
  ON CONFLICT (user_code) DO NOTHING
  RETURNING hash`;

const FIND_WAITING = `
  SELECT hash, subscription_id AS "subscriptionId", auth_method_id AS "authMethodId", scopes
  FROM device_authorization
  WHERE user_code = $1 AND decision IS NULL AND expires_at > now()`;

/** The request of the person's browser ends and the device is let in, or not, in one statement. */
const DECIDE = `
  WITH live AS (
    ${lockLiveSession('$7')}
  ), ${holdGrounds({ userId: '$4', scopes: '$8', from: 11 })}, finished AS (
    UPDATE authorization_request SET finished_at = now()
    FROM live
    WHERE id_hash = $1 AND finished_at IS NULL AND expires_at > now() AND ${areHeld({ from: 11 })}
    RETURNING id_hash
  ), decided AS (
    UPDATE device_authorization d SET decision = $3::text, user_id = $4::uuid, authenticated_at = $6, namespace = $9::text,
        scopes = coalesce($8::text[], d.scopes), authenticated_userid = $10::text
    FROM finished
    WHERE d.hash = $2 AND d.decision IS NULL AND d.expires_at > now()
    RETURNING d.subscription_id
  ), audit AS (
    INSERT INTO audit_event (kind, actor, subject, address)
    SELECT 'device-' || $3::text, 'user:' || $4::text, 'subscription:' || subscription_id, $5::text FROM decided
  )
  SELECT (SELECT count(*)::int FROM finished) AS finished, (SELECT count(*)::int FROM decided) AS decided`;

/** Only a poll by the client itself counts; one that comes too soon makes the interval longer (RFC 8628 §3.5). */
const POLL = `
  WITH seen AS (
    SELECT d.*, coalesce(d.last_polled_at > now() - make_interval(secs => d.poll_interval), false) AS too_soon
    FROM device_authorization d
    WHERE hash = $1
    FOR UPDATE
  ), polled AS (
    UPDATE device_authorization d
    SET last_polled_at = now(), poll_interval = d.poll_interval + CASE WHEN seen.too_soon THEN $4::int ELSE 0 END
    FROM seen
    WHERE d.hash = seen.hash AND seen.decision IS NULL AND seen.subscription_id = $2 AND seen.auth_method_id = $3
  )
  SELECT s.subscription_id AS "subscriptionId", s.auth_method_id AS "authMethodId", s.scopes, s.decision, s.user_id AS "userId", s.namespace,
         s.authenticated_at AS "authenticatedAt", s.authenticated_userid AS "authenticatedUserid", s.expires_at <= now() AS expired,
         s.consumed_at IS NOT NULL AS consumed, coalesce(u.blocked, false) AS "userBlocked", coalesce(u.groups, '{}') AS groups, s.too_soon AS "tooSoon"
  FROM seen s
  LEFT JOIN user_account u ON u.id = s.user_id`;

/** Of parallel polls one wins: the others wait for its row lock and then find the code consumed. */
const REDEEM = `
  WITH ${ASKED}, consumed AS (
    UPDATE device_authorization SET consumed_at = now()
    WHERE hash = $10 AND decision = 'approved' AND consumed_at IS NULL AND expires_at > now()
    RETURNING subscription_id, user_id, auth_method_id, authenticated_at, namespace, authenticated_userid
  ), family AS (
    INSERT INTO token_family (id, subscription_id, user_id, auth_method_id, scopes, authenticated_at, namespace, authenticated_userid)
    SELECT $11::uuid, subscription_id, user_id, auth_method_id, scopes, authenticated_at, namespace, authenticated_userid
    FROM consumed, asked
    RETURNING 1 AS n, id, subscription_id, auth_method_id, created_at
  ), ${INSERT_TOKENS_OF_FAMILY}
  SELECT id FROM family`;

/** Devices without a browser that wait for a person to let them in (RFC 8628). */
export class DeviceAuthorizationStore {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns false where the user code is taken */
  async insert(device: NewDeviceAuthorization): Promise<boolean> {
    const { hash, userCode, subscriptionId, authMethodId, scopes, pollInterval, lifetime } = device;
    const parameters = [hash, userCode, subscriptionId, authMethodId, scopes, pollInterval, lifetime];
    const rows: unknown[] = await this.dataSource.query(INSERT, parameters);
    return rows.length === 1;
  }

  /** Finds a device that waits for a decision. */
  async findWaiting(userCode: string): Promise<WaitingDevice | null> {
    const rows: WaitingDevice[] = await this.dataSource.query(FIND_WAITING, [userCode]);
    return rows[0] ?? null;
  }

  /**
   * @param events why, for the audit log, where that is more than the person's word
   * @returns whether the person's request, session and what the approval rests on were live, and whether the device still waited
   */
  decide(
    requestIdHash: Buffer,
    hash: Buffer,
    { approval, userId, sessionHash, authenticatedAt, address }: DeviceDecision,
    events: readonly AuditEvent[] = [],
  ): Promise<{ finished: boolean; decided: boolean }> {
    const parameters = [
      ...[requestIdHash, hash, approval === null ? 'denied' : 'approved', userId, address, authenticatedAt, sessionHash],
      ...[approval?.scopes ?? null, approval?.namespace ?? null, approval?.authenticatedUserid ?? null],
      ...groundsParameters(approval?.grounds ?? { consent: null, registration: null }),
    ];
    return this.dataSource.transaction(async (db) => {
      const rows: { finished: number; decided: number }[] = await db.query(DECIDE, parameters);
      const finished = rows[0]?.finished === 1;
      if (finished) await recordAudit(db, events);
      return { finished, decided: rows[0]?.decided === 1 };
    });
  }

  /** @param slowDown seconds by which a poll that comes too soon makes the interval longer */
  async poll(
    hash: Buffer,
    client: { readonly subscriptionId: string; readonly authMethodId: string },
    slowDown: number,
  ): Promise<PolledDevice | null> {
    const rows: PolledDevice[] = await this.dataSource.query(POLL, [hash, client.subscriptionId, client.authMethodId, slowDown]);
    return rows[0] ?? null;
  }

  /**
   * Trades an approved device code for tokens, once.
   * @param familyId a new id: tokens may have it in them
   * @returns false where it was no longer live
   */
  async redeem(hash: Buffer, familyId: string, tokens: NewTokens, origin: TokenOrigin): Promise<boolean> {
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    const rows: unknown[] = await this.dataSource.query(REDEEM, [...tokenParameters([{ tokens, origin }], grant), hash, familyId]);
    return rows.length === 1;
  }
}
