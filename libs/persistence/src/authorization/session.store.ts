import type { DataSource } from 'typeorm';
import { hashToken } from '#secrets/token.js';

/** A live login of a person who is not blocked. */
export interface LiveSession {
  readonly idHash: Buffer;
  readonly authMethodId: string;
  readonly userId: string;
  readonly email: string;
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
  readonly mustChangePassword: boolean;
}

const SELECT_LIVE = `
  SELECT s.id_hash AS "idHash", s.auth_method_id AS "authMethodId", s.user_id AS "userId", u.email,
         s.authenticated_at AS "authenticatedAt", s.expires_at AS "expiresAt", u.must_change_password AS "mustChangePassword"
  FROM user_session s
  JOIN user_account u ON u.id = s.user_id
  WHERE s.expires_at > now() AND NOT u.blocked`;

const FIND = `${SELECT_LIVE} AND s.id_hash = $1 AND s.auth_method_id = $2`;
const LIST_OF_USER = `${SELECT_LIVE} AND s.user_id = $1 ORDER BY s.authenticated_at DESC LIMIT 100`;

/** Ends the login that the browser held before (session fixation, RFC 9700 §4.7) and begins the new one in one statement. */
const REPLACE = `
  WITH ended AS (
    DELETE FROM user_session WHERE id_hash = $1
  ), audit AS (
    INSERT INTO audit_event (kind, actor, subject, address, details)
    VALUES ('login', 'user:' || $4::uuid, 'user:' || $4::uuid, $6::text, jsonb_build_object('authMethod', $3::text))
  )
  INSERT INTO user_session (id_hash, auth_method_id, user_id, expires_at)
  VALUES ($2, $3::text, $4::uuid, now() + make_interval(secs => $5))`;

const RECORD_ENDED = `
  INSERT INTO audit_event (kind, actor, subject, address, details)
  SELECT 'session-ended', 'user:' || user_id, 'user:' || user_id, $1::text, jsonb_build_object('authMethod', auth_method_id) FROM gone`;

const END = `
  WITH gone AS (DELETE FROM user_session WHERE id_hash = ANY($2) RETURNING user_id, auth_method_id) ${RECORD_ENDED}`;
const END_OF_USER = `
  WITH gone AS (DELETE FROM user_session WHERE user_id = $2 AND id_hash = $3 RETURNING user_id, auth_method_id) ${RECORD_ENDED}`;

/** Logins: one per browser and auth method. */
export class SessionStore {
  constructor(private readonly dataSource: DataSource) {}

  async find(sessionId: string, authMethodId: string): Promise<LiveSession | null> {
    const rows: LiveSession[] = await this.dataSource.query(FIND, [hashToken(sessionId), authMethodId]);
    return rows[0] ?? null;
  }

  listOfUser(userId: string): Promise<LiveSession[]> {
    return this.dataSource.query(LIST_OF_USER, [userId]);
  }

  /**
   * Begins a session.
   * @param previousId id that the browser sent, whether it is live or not
   * @param lifetime seconds
   * @param address of the browser, for the audit log, as below
   */
  async replace(
    previousId: string | null,
    next: { sessionId: string; authMethodId: string; userId: string; lifetime: number; address: string },
  ): Promise<void> {
    const previousHash = previousId === null ? null : hashToken(previousId);
    const { authMethodId, userId, lifetime, address } = next;
    await this.dataSource.query(REPLACE, [previousHash, hashToken(next.sessionId), authMethodId, userId, lifetime, address]);
  }

  async end(idHashes: readonly Buffer[], address: string): Promise<void> {
    await this.dataSource.query(END, [address, idHashes]);
  }

  /** Ends a session if it is one of that person's. */
  async endOfUser(userId: string, idHash: Buffer, address: string): Promise<void> {
    await this.dataSource.query(END_OF_USER, [address, userId, idHash]);
  }
}
