import type { DataSource } from 'typeorm';
import { type AuditActor, type AuditSubject, recordAudit } from '../audit/audit-event.js';
import { type Change, recordChanges } from '../change/change-event.js';
import { endApprovedDevices } from '../device/end-approved-devices.js';

/** Whose tokens end. */
export type RevocationScope =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'application'; readonly id: string }
  | { readonly kind: 'subscription'; readonly id: string }
  | { readonly kind: 'api'; readonly id: string };

export interface BulkRevocation {
  /** Authorizations of people that ended. */
  readonly families: number;
  /** Stored access tokens of clients themselves that ended; signed ones end uncounted. */
  readonly clientTokens: number;
  readonly sessions: number;
}

/** The subscriptions that a scope covers, and the people. */
const CONDITION = {
  user: { family: 'f.user_id = $1::uuid', token: null },
  application: { family: 's.application_id = $1', token: 's.application_id = $1' },
  subscription: { family: 's.id = $1::uuid', token: 's.id = $1::uuid' },
  api: { family: 's.api_id = $1', token: 's.api_id = $1' },
} as const;

const revokeFamilies = (condition: string): string => `
  WITH revoked AS (
    UPDATE token_family f SET revoked_at = now(), revoked_reason = 'revoked-by-operator'
    FROM subscription s
    WHERE s.id = f.subscription_id AND ${condition} AND f.revoked_at IS NULL
    RETURNING f.id
  )
  SELECT id FROM revoked`;

/** A statement of its own after the one that revokes: it sees what those who held the families FOR SHARE committed. */
const deleteFamilyTokens = (condition: string): string => `
  DELETE FROM access_token t USING token_family f JOIN subscription s ON s.id = f.subscription_id WHERE t.family_id = f.id AND ${condition}`;

const deleteClientTokens = (condition: string): string => `
  WITH gone AS (
    DELETE FROM access_token t USING subscription s WHERE t.subscription_id = s.id AND t.family_id IS NULL AND ${condition} RETURNING t.hash
  )
  SELECT count(*)::int AS count FROM gone`;

/** Signed ones have no row. */
const endSignedClientTokens = (condition: string): string => `UPDATE subscription s SET client_tokens_ended_at = now() WHERE ${condition}`;

const DELETE_SESSIONS = `
  WITH gone AS (DELETE FROM user_session WHERE user_id = $1::uuid RETURNING id_hash) SELECT count(*)::int AS count FROM gone`;

/** Of all but a person's. */
const SUBSCRIPTIONS = {
  application: `SELECT id FROM subscription WHERE application_id = $1`,
  subscription: `SELECT $1::uuid AS id`,
  api: `SELECT id FROM subscription WHERE api_id = $1`,
};

/** Ends everything of a person, an application, a subscription or an API at once: refresh tokens, access tokens, a person's sessions. */
export class BulkRevocationStore {
  constructor(private readonly dataSource: DataSource) {}

  /** In one transaction, with the change that tells gateways and the event in the audit log. Consents stay. */
  revoke(scope: RevocationScope, actor: AuditActor, address: string | null): Promise<BulkRevocation> {
    const { family, token } = CONDITION[scope.kind];
    const { id } = scope;
    return this.dataSource.transaction(async (db) => {
      const count = async (sql: string): Promise<number> => ((await db.query(sql, [id])) as { count: number }[])[0]?.count ?? 0;
      const subscriptionIds =
        scope.kind === 'user' ? undefined : ((await db.query(SUBSCRIPTIONS[scope.kind], [id])) as { id: string }[]).map((row) => row.id);
      await endApprovedDevices(db, scope.kind === 'user' ? { userId: id } : { subscriptionIds });
      const families = ((await db.query(revokeFamilies(family), [id])) as { id: string }[]).map((row) => row.id);
      await db.query(deleteFamilyTokens(family), [id]);
      if (token !== null) await db.query(endSignedClientTokens(token), [id]);
      const clientTokens = token === null ? 0 : await count(deleteClientTokens(token));
      const sessions = scope.kind === 'user' ? await count(DELETE_SESSIONS) : 0;
      const changes: Change[] =
        scope.kind === 'api'
          ? (subscriptionIds ?? []).map((subjectId) => ({ kind: 'subscription', subjectId }))
          : [{ kind: scope.kind, subjectId: id }];
      // Gateways hold what is revoked by the families themselves (docs/adr/0008-signed-tokens.md).
      const revoked = families.map((subjectId): Change => ({ kind: 'token_family', subjectId }));
      await recordChanges(db, changes.concat(revoked));
      const ended = { families: families.length, clientTokens, sessions };
      const subject: AuditSubject = `${scope.kind}:${id}`;
      await recordAudit(db, [{ kind: 'token-revoked', actor, subject, address, details: ended }]);
      return ended;
    });
  }
}
