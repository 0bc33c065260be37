/**
 * Brings the database in line with what the config folder declares: users, applications, subscriptions and their credentials.
 * Runs at start and at each reload, in one transaction; whatever changed goes to the change feed with it. Things that the folder
 * no longer names are blocked, not deleted: a file that was gone for a moment must not cost people their consents and tokens.
 */

import type { DataSource, EntityManager } from 'typeorm';
import type { RegistrySnapshot } from '#config/registry.js';
import { type AuditEvent, type AuditSubject, recordAudit } from '../audit/audit-event.js';
import { type Change, recordChanges } from '../change/change-event.js';
import { declareApplications } from './declare-applications.js';
import { declareSubscriptions } from './declare-subscriptions.js';
import { declareUsers, hashDeclaredPasswords } from './declare-users.js';

/** Instances that start at once declare one after the other. */
const DECLARATION_LOCK = 4_707_190_002;

type DeclareStep = (db: EntityManager, declared: RegistrySnapshot['declared']) => Promise<Change[]>;

/**
 * @returns what changed
 * @throws DeclarationError when a client id or API key belongs to something that was made at run time
 */
export async function declare(dataSource: DataSource, declared: RegistrySnapshot['declared']): Promise<readonly Change[]> {
  // argon2id takes its time: not while the lock is held.
  const passwordHashes = await hashDeclaredPasswords(dataSource, declared.users);
  const steps: readonly DeclareStep[] = [
    (db) => declareUsers(db, declared.users, passwordHashes),
    (db) => declareApplications(db, declared.applications),
    (db) => declareSubscriptions(db, declared.applications),
  ];
  return dataSource.transaction(async (db) => {
    await db.query('SELECT pg_advisory_xact_lock($1)', [DECLARATION_LOCK]);
    const changes: Change[] = [];
    for (const step of steps) changes.push(...(await step(db, declared)));
    await recordChanges(db, changes);
    await recordAudit(db, changes.map(auditOf));
    return changes;
  });
}

function auditOf({ kind, subjectId }: Change): AuditEvent {
  return {
    kind: `${kind as 'user' | 'application' | 'subscription'}-changed`,
    actor: 'operator',
    subject: `${kind}:${subjectId}` as AuditSubject,
    address: null,
  };
}
