import type { DataSource } from 'typeorm';
import { hashToken } from '#secrets/token.js';

/** A live login of a person who is not blocked. */
export interface LiveSession {
  readonly idHash: Buffer;
  readonly authMethodId: string;
  readonly userId: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
  readonly mustChangePassword: boolean;
}

export interface NewSession {
  readonly sessionId: string;
  readonly authMethodId: string;
  readonly userId: string;
  /** That was checked; null: none was. */
  readonly passwordHash: string | null;
  /** Seconds. */
  readonly lifetime: number;
  /** Of the browser, for the audit log, as below. */
  readonly address: string;
}

const SELECT_LIVE = `
  SELECT s.id_hash AS "idHash", s.auth_method_id AS "authMethodId", s.user_id AS "userId", u.email, u.groups,
         s.authenticated_at AS "authenticatedAt", s.expires_at AS "expiresAt", u.must_change_password AS "mustChangePassword"
  FROM user_session s
  JOIN user_account u ON u.id = s.user_id
  WHERE s.expires_at > now() AND NOT u.blocked`;

/**
 * For statements that give out something for a login: a row while the login lives. FOR KEY SHARE keeps whoever ends it (and then all
 * that it gave out) waiting until that is there.
 * @param id the parameter that holds the SHA-256 of the session's id
 */
export const lockLiveSession = (id: string): string =>
  `SELECT true AS held FROM user_session WHERE id_hash = ${id}::bytea AND expires_at > now() FOR KEY SHARE`;

const FIND = `${SELECT_LIVE} AND s.id_hash = $1 AND s.auth_method_id = $2`;
const LIST_OF_USER = `${SELECT_LIVE} AND s.user_id = $1 ORDER BY s.authenticated_at DESC LIMIT 100`;

/**
 * Ends the login that the browser held before (session fixation, RFC 9700 §4.7) and begins the new one in one statement; none where the
 * password has changed since it was checked. FOR SHARE keeps a change of it waiting until the session is there to be ended.
 */
const REPLACE = `
  WITH person AS (
    SELECT id FROM user_account WHERE id = $4::uuid AND NOT blocked AND ($7::text IS NULL OR password_hash = $7::text) FOR SHARE
  ), ended AS (
    DELETE FROM user_session WHERE id_hash = $1
  ), audit AS (
    INSERT INTO audit_event (kind, actor, subject, address, details)
    SELECT 'login', 'user:' || id, 'user:' || id, $6::text, jsonb_build_object('authMethod', $3::text) FROM person
  )
  INSERT INTO user_session (id_hash, auth_method_id, user_id, expires_at)
  SELECT $2::bytea, $3::text, id, now() + make_interval(secs => $5) FROM person
  RETURNING id_hash`;

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
   * @returns false where the person may not have one: blocked, or their password is no longer the one that was checked
   */
  async replace(previousId: string | null, next: NewSession): Promise<boolean> {
    const previousHash = previousId === null ? null : hashToken(previousId);
    const { authMethodId, userId, lifetime, address, passwordHash } = next;
    const parameters = [previousHash, hashToken(next.sessionId), authMethodId, userId, lifetime, address, passwordHash];
    const rows: unknown[] = await this.dataSource.query(REPLACE, parameters);
    return rows.length === 1;
  }

  async end(idHashes: readonly Buffer[], address: string): Promise<void> {
    await this.dataSource.query(END, [address, idHashes]);
  }

  /** Ends a session if it is one of that person's. */
  async endOfUser(userId: string, idHash: Buffer, address: string): Promise<void> {
    await this.dataSource.query(END_OF_USER, [address, userId, idHash]);
  }
}
