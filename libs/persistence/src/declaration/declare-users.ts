import type { DataSource, EntityManager } from 'typeorm';
import type { DeclaredUser } from '#config/registry.js';
import { hashPassword, verifyPassword } from '#secrets/password.js';
import type { Change } from '../change/change-event.js';

/** E-mail address → argon2id hash. */
type PasswordHashes = ReadonlyMap<string, string>;

const UPSERT_USER = `
  INSERT INTO user_account AS u (email, password_hash, groups, validated, declared)
  VALUES ($1, $2, $3, $4, true)
  ON CONFLICT (email) DO UPDATE
    SET password_hash = excluded.password_hash, groups = excluded.groups, validated = excluded.validated,
        declared = true, blocked = false, updated_at = now()
    WHERE (u.password_hash, u.groups, u.validated, u.declared, u.blocked)
      IS DISTINCT FROM (excluded.password_hash, excluded.groups, excluded.validated, true, false)
  RETURNING id`;

const BLOCK_WITHDRAWN_USERS = `
  UPDATE user_account SET blocked = true, updated_at = now()
  WHERE declared AND NOT blocked AND email <> ALL ($1)
  RETURNING id`;

/** Hashes the declared passwords; one that still matches what is stored keeps its hash, so that nothing changes at a restart. */
export async function hashDeclaredPasswords(dataSource: DataSource, users: readonly DeclaredUser[]): Promise<PasswordHashes> {
  const rows: { email: string; password_hash: string | null }[] = await dataSource.query(
    'SELECT email, password_hash FROM user_account WHERE email = ANY ($1)',
    [users.map((user) => user.email)],
  );
  const stored = new Map(rows.map((row) => [row.email, row.password_hash]));
  const hashes = new Map<string, string>();
  for (const user of users) {
    const password = user.password.reveal();
    const known = stored.get(user.email);
    hashes.set(user.email, known && (await verifyPassword(known, password)) ? known : await hashPassword(password));
  }
  return hashes;
}

export async function declareUsers(db: EntityManager, users: readonly DeclaredUser[], hashes: PasswordHashes): Promise<Change[]> {
  const changed: { id: string }[] = [];
  for (const user of users) {
    changed.push(...(await db.query(UPSERT_USER, [user.email, hashes.get(user.email), user.groups, user.validated])));
  }
  const [withdrawn] = (await db.query(BLOCK_WITHDRAWN_USERS, [users.map((user) => user.email)])) as [{ id: string }[], number];
  return [...changed, ...withdrawn].map((row) => ({ kind: 'user', subjectId: row.id }));
}
