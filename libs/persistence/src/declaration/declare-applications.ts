import type { EntityManager } from 'typeorm';
import type { DeclaredApplication } from '#config/registry.js';
import type { Change } from '../change/change-event.js';

const UPSERT_APPLICATION = `
  INSERT INTO application AS a (id, name, client_type, redirect_uris, declared)
  VALUES ($1, $2, $3, $4, true)
  ON CONFLICT (id) DO UPDATE
    SET name = excluded.name, client_type = excluded.client_type, redirect_uris = excluded.redirect_uris,
        declared = true, blocked = false, updated_at = now()
    WHERE (a.name, a.client_type, a.redirect_uris, a.declared, a.blocked)
      IS DISTINCT FROM (excluded.name, excluded.client_type, excluded.redirect_uris, true, false)
  RETURNING id`;

const DELETE_OTHER_OWNERS = 'DELETE FROM application_owner WHERE application_id = $1 AND email <> ALL ($2)';

const UPSERT_OWNERS = `
  INSERT INTO application_owner (application_id, email, role)
  SELECT $1, * FROM unnest($2::text[], $3::text[])
  ON CONFLICT (application_id, email) DO UPDATE SET role = excluded.role`;

const BLOCK_WITHDRAWN_APPLICATIONS = `
  UPDATE application SET blocked = true, updated_at = now()
  WHERE declared AND NOT blocked AND id <> ALL ($1)
  RETURNING id`;

export async function declareApplications(db: EntityManager, applications: readonly DeclaredApplication[]): Promise<Change[]> {
  const changed: { id: string }[] = [];
  for (const application of applications) {
    const { id, name, clientType, redirectUris, owners } = application;
    changed.push(...(await db.query(UPSERT_APPLICATION, [id, name, clientType, redirectUris])));
    const emails = owners.map((owner) => owner.email);
    await db.query(DELETE_OTHER_OWNERS, [id, emails]);
    await db.query(UPSERT_OWNERS, [id, emails, owners.map((owner) => owner.role)]);
  }
  const ids = applications.map((application) => application.id);
  const [withdrawn] = (await db.query(BLOCK_WITHDRAWN_APPLICATIONS, [ids])) as [{ id: string }[], number];
  return [...changed, ...withdrawn].map((row) => ({ kind: 'application', subjectId: row.id }));
}
