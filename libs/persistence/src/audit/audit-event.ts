/**
 * The audit log: who did what to what, and when. An event is recorded in the transaction of the deed, so that there is no deed
 * without its event and no event without its deed; a trigger tells it in the change feed. Secrets never stand in it: tokens are named
 * by their SHA-256, or by their family.
 */
import type { EntityManager } from 'typeorm';

/** What was done; past tense, the subject first. */
export type AuditKind =
  | 'login'
  | 'login-failed'
  | 'login-locked'
  | 'client-authentication-failed'
  | 'mail-locked'
  | 'session-ended'
  | 'password-changed'
  | 'password-change-required'
  | 'user-signed-up'
  | 'user-verified'
  | 'user-changed'
  | 'consent-given'
  | 'consent-denied'
  | 'consent-revoked'
  | 'scope-refused'
  | 'call-out-failed'
  | 'token-issued'
  | 'token-refreshed'
  | 'token-revoked'
  | 'code-replayed'
  | 'refresh-token-reused'
  | 'device-approved'
  | 'device-denied'
  | 'device-code-failed'
  | 'device-code-locked'
  | 'application-changed'
  | 'subscription-changed'
  | 'secret-added'
  | 'secret-removed'
  | 'key-created'
  | 'key-rotated'
  | 'key-removed'
  | 'registration-changed';

/** Who did it: a person, a client, whoever runs the installation (config folder, command line), or nobody who is known. */
export type AuditActor = `user:${string}` | `client:${string}` | 'operator' | 'system' | 'anonymous';

/** What it was done to. */
export type AuditSubject =
  | `user:${string}`
  | `email:${string}`
  | `network:${string}`
  | `session:${string}`
  | `application:${string}`
  | `subscription:${string}`
  | `consent:${string}`
  | `token_family:${string}`
  | `access_token:${string}`
  | `api:${string}`
  | `key:${string}`;

export interface AuditEvent {
  readonly kind: AuditKind;
  readonly actor: AuditActor;
  readonly subject: AuditSubject;
  /** Of the client that caused it; null where there is none. */
  readonly address: string | null;
  /** Facts that help to understand it. Never a secret, a password or a token. */
  readonly details?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

const INSERT_AUDIT_EVENTS = `
  INSERT INTO audit_event (kind, actor, subject, address, details)
  SELECT e.kind, e.actor, e.subject, e.address, e.details::jsonb
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS e (kind, actor, subject, address, details)`;

/**
 * Appends to the audit log.
 * @param db the transaction of the deed; for an event that is all there is to store (a refused password grant), the data source's own manager
 */
export async function recordAudit(db: Pick<EntityManager, 'query'>, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.query(INSERT_AUDIT_EVENTS, [
    events.map((event) => event.kind),
    events.map((event) => event.actor),
    events.map((event) => event.subject),
    events.map((event) => event.address),
    events.map((event) => auditDetails(event.details)),
  ]);
}

/** Text of the column `details`. */
export function auditDetails(details: AuditEvent['details']): string | null {
  return details === undefined ? null : JSON.stringify(details);
}
