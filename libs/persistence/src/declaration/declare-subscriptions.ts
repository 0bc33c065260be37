import type { EntityManager } from 'typeorm';
import type { DeclaredApplication, DeclaredSubscription } from '#config/registry.js';
import { type AuditEvent, recordAudit } from '../audit/audit-event.js';
import type { Change } from '../change/change-event.js';

/** Thrown where a declared credential belongs to a subscription that was made at run time. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/** Also takes the credentials away, so that another subscription may be given the same ones. */
const BLOCK_WITHDRAWN_SUBSCRIPTIONS = `
  UPDATE subscription s SET status = 'blocked', client_id = NULL, updated_at = now()
  WHERE declared AND NOT (status = 'blocked' AND client_id IS NULL)
    AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS kept (application_id, api_id)
                    WHERE kept.application_id = s.application_id AND kept.api_id = s.api_id)
  RETURNING id`;

/** Client ids may wander from one declared subscription to another within one reload: all that change are freed first. */
const FREE_CLIENT_IDS = `
  UPDATE subscription s SET client_id = NULL
  FROM unnest($1::text[], $2::text[], $3::text[]) AS kept (application_id, api_id, client_id)
  WHERE kept.application_id = s.application_id AND kept.api_id = s.api_id AND s.client_id IS DISTINCT FROM kept.client_id
  RETURNING s.id`;

const UPSERT_SUBSCRIPTION = `
  INSERT INTO subscription AS s (application_id, api_id, plan_id, trusted, allowed_scopes, client_id, declared)
  VALUES ($1, $2, $3, $4, $5, $6, true)
  ON CONFLICT (application_id, api_id) DO UPDATE
    SET plan_id = excluded.plan_id, trusted = excluded.trusted, allowed_scopes = excluded.allowed_scopes,
        client_id = excluded.client_id, declared = true, status = 'approved', updated_at = now()
    WHERE (s.plan_id, s.trusted, s.allowed_scopes, s.client_id, s.declared, s.status)
      IS DISTINCT FROM (excluded.plan_id, excluded.trusted, excluded.allowed_scopes, excluded.client_id, true, 'approved')
  RETURNING id`;

const FIND_SUBSCRIPTION = 'SELECT id FROM subscription WHERE application_id = $1 AND api_id = $2';

const CLIENT_ID_OWNER = 'SELECT application_id, api_id FROM subscription WHERE client_id = $1 AND (application_id, api_id) <> ($2, $3)';

const DELETE_OTHER_SECRETS = 'DELETE FROM client_secret WHERE subscription_id = $1 AND hash <> ALL ($2::bytea[]) RETURNING id';
const INSERT_SECRETS = `
  INSERT INTO client_secret (subscription_id, hash)
  SELECT $1, hash FROM unnest($2::bytea[]) AS declared (hash)
  WHERE NOT EXISTS (SELECT FROM client_secret c WHERE c.subscription_id = $1 AND c.hash = declared.hash)
  RETURNING id`;

const DELETE_OTHER_KEYS = 'DELETE FROM api_key WHERE subscription_id = $1 AND hash IS DISTINCT FROM $2 RETURNING id';
const INSERT_KEY = 'INSERT INTO api_key (subscription_id, hash) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING RETURNING id';
const KEY_OWNER = `
  SELECT s.id, s.application_id, s.api_id FROM api_key k JOIN subscription s ON s.id = k.subscription_id WHERE k.hash = $1`;

interface Declared {
  readonly application: DeclaredApplication;
  readonly subscription: DeclaredSubscription;
}

interface Row {
  readonly id: string;
}

export async function declareSubscriptions(db: EntityManager, applications: readonly DeclaredApplication[]): Promise<Change[]> {
  const all: Declared[] = applications.flatMap((application) =>
    application.subscriptions.map((subscription) => ({ application, subscription })),
  );
  const pairs = [all.map(({ application }) => application.id), all.map(({ subscription }) => subscription.api)];
  const changed = new Set<string>();

  for (const row of await returned(db, BLOCK_WITHDRAWN_SUBSCRIPTIONS, pairs)) {
    changed.add(row.id);
    await db.query(DELETE_OTHER_SECRETS, [row.id, []]);
    await db.query(DELETE_OTHER_KEYS, [row.id, null]);
  }
  for (const row of await returned(db, FREE_CLIENT_IDS, [...pairs, all.map(({ subscription }) => subscription.clientId)]))
    changed.add(row.id);

  const ids: string[] = [];
  for (const declared of all) {
    const { id, isChanged } = await upsertSubscription(db, declared);
    ids.push(id);
    if (isChanged) changed.add(id);
  }
  // Likewise keys: every old one goes before the first new one comes.
  for (const [i, { subscription }] of all.entries()) {
    const id = ids[i] as string;
    const secrets = await returned(db, DELETE_OTHER_SECRETS, [id, subscription.clientSecretHashes]);
    const keys = await returned(db, DELETE_OTHER_KEYS, [id, subscription.apiKeyHash]);
    if (secrets.length + keys.length > 0) changed.add(id);
    if (secrets.length > 0) await recordAudit(db, [byOperator('secret-removed', id)]);
  }
  for (const [i, declared] of all.entries()) {
    const id = ids[i] as string;
    if (await insertCredentials(db, id, declared)) changed.add(id);
  }
  return [...changed].map((id) => ({ kind: 'subscription', subjectId: id }));
}

async function upsertSubscription(db: EntityManager, { application, subscription }: Declared): Promise<{ id: string; isChanged: boolean }> {
  const { api, plan, trusted, allowedScopes, clientId } = subscription;
  if (clientId !== null) {
    const [owner] = (await db.query(CLIENT_ID_OWNER, [clientId, application.id, api])) as { application_id: string; api_id: string }[];
    if (owner) {
      throw new DeclarationError(
        `clientId "${clientId}" of applications/${application.id} belongs to application "${owner.application_id}", API "${owner.api_id}". Choose another.`,
      );
    }
  }
  const [row] = (await db.query(UPSERT_SUBSCRIPTION, [application.id, api, plan, trusted, allowedScopes, clientId])) as Row[];
  if (row) return { id: row.id, isChanged: true };
  const [same] = (await db.query(FIND_SUBSCRIPTION, [application.id, api])) as [Row];
  return { id: same.id, isChanged: false };
}

/** @returns whether something was new */
async function insertCredentials(db: EntityManager, id: string, { application, subscription }: Declared): Promise<boolean> {
  let isNew = ((await db.query(INSERT_SECRETS, [id, subscription.clientSecretHashes])) as Row[]).length > 0;
  if (isNew) await recordAudit(db, [byOperator('secret-added', id)]);
  if (subscription.apiKeyHash !== null) {
    const inserted = ((await db.query(INSERT_KEY, [id, subscription.apiKeyHash])) as Row[]).length > 0;
    const [owner] = (await db.query(KEY_OWNER, [subscription.apiKeyHash])) as { id: string; application_id: string; api_id: string }[];
    if (owner && owner.id !== id) {
      throw new DeclarationError(
        `The apiKey of applications/${application.id}, API "${subscription.api}", belongs to application "${owner.application_id}". Choose another.`,
      );
    }
    isNew ||= inserted;
  }
  return isNew;
}

function byOperator(kind: 'secret-added' | 'secret-removed', id: string): AuditEvent {
  return { kind, actor: 'operator', subject: `subscription:${id}`, address: null };
}

/** Rows of an UPDATE or DELETE with RETURNING, which TypeORM hands over as [rows, count]. */
async function returned(db: EntityManager, sql: string, parameters: unknown[]): Promise<Row[]> {
  const [rows] = (await db.query(sql, parameters)) as [Row[], number];
  return rows;
}
