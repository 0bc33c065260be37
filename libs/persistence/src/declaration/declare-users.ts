import type { DataSource, EntityManager } from 'typeorm';
import type { DeclaredUser } from '#config/registry.js';
import { hashPassword, verifyPassword } from '#secrets/password.js';
import { recordAudit } from '../audit/audit-event.js';
import type { Change } from '../change/change-event.js';
import { endAccess } from '../user/end-access.js';

/** E-mail address → argon2id hash. */
type PasswordHashes = ReadonlyMap<string, string>;

/**
 * Who must change the declared password has it as their first one: they keep theirs once they are there, and where it was the
 * folder's until now, they have to choose one.
 */
const UPSERT_USER = `
  WITH before AS (SELECT password_hash FROM user_account WHERE email = $1)
  INSERT INTO user_account AS u (email, password_hash, groups, validated, declared, password_declared, must_change_password)
  VALUES ($1, $2, $3, $4, true, NOT $5::boolean, $5::boolean)
  ON CONFLICT (email) DO UPDATE
    SET password_hash = CASE WHEN $5 THEN coalesce(u.password_hash, excluded.password_hash) ELSE excluded.password_hash END,
        must_change_password = CASE WHEN $5 THEN u.must_change_password OR u.password_declared OR u.password_hash IS NULL ELSE false END,
        groups = excluded.groups, validated = excluded.validated,
        declared = true, password_declared = NOT $5, blocked = false, updated_at = now()
    WHERE (u.groups, u.validated, u.declared, u.password_declared, u.blocked)
      IS DISTINCT FROM (excluded.groups, excluded.validated, true, NOT $5::boolean, false)
      OR (NOT $5 AND u.password_hash IS DISTINCT FROM excluded.password_hash)
  RETURNING id, NOT $5 AND (SELECT password_hash FROM before) <> password_hash AS "isNewPassword"`;

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
  for (const { email, password, mustChangePassword } of users) {
    const known = stored.get(email);
    const kept = known && (mustChangePassword || (await verifyPassword(known, password.reveal())));
    hashes.set(email, kept ? known : await hashPassword(password.reveal()));
  }
  return hashes;
}

export async function declareUsers(db: EntityManager, users: readonly DeclaredUser[], hashes: PasswordHashes): Promise<Change[]> {
  const changed: { id: string }[] = [];
  for (const { email, groups, validated, mustChangePassword } of users) {
    const parameters = [email, hashes.get(email), groups, validated, mustChangePassword];
    const [user]: { id: string; isNewPassword: boolean | null }[] = await db.query(UPSERT_USER, parameters);
    if (user === undefined) continue;
    changed.push(user);
    if (!user.isNewPassword) continue;
    await endAccess(db, { userId: user.id, keepSession: null, reason: 'password-changed' });
    await recordAudit(db, [{ kind: 'password-changed', actor: 'operator', subject: `user:${user.id}`, address: null }]);
  }
  const [withdrawn] = (await db.query(BLOCK_WITHDRAWN_USERS, [users.map((user) => user.email)])) as [{ id: string }[], number];
  return [...changed, ...withdrawn].map((row) => ({ kind: 'user', subjectId: row.id }));
}
