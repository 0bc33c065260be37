import type { DataSource } from 'typeorm';
import { withDatabase } from '#installation/with-database.js';
import { BulkRevocationStore, type RevocationScope } from '#persistence/token/bulk-revocation.store.js';
import { OperatorError } from '#process/environment.js';

const USAGE = 'Name one: --user <e-mail address>, --application <id>, --subscription <application>/<api> or --api <id>';

/** How each option names what it means: SQL that finds its id. */
const FIND: Readonly<Record<string, { readonly kind: RevocationScope['kind']; readonly sql: string }>> = {
  '--user': { kind: 'user', sql: 'SELECT id FROM user_account WHERE email = lower($1)' },
  '--application': { kind: 'application', sql: 'SELECT id FROM application WHERE id = $1' },
  '--subscription': { kind: 'subscription', sql: `SELECT id FROM subscription WHERE application_id || '/' || api_id = $1` },
  '--api': { kind: 'api', sql: 'SELECT api_id AS id FROM subscription WHERE api_id = $1 LIMIT 1' },
};

/** `gatehouse revoke`: ends every token of a person, an application, a subscription or an API. @returns exit code */
export async function runRevoke(words: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  const [option = '', name = '', ...rest] = words;
  const find = FIND[option];
  if (find === undefined || name === '' || rest.length > 0) throw new OperatorError(USAGE);
  const done = await withDatabase('revoke', variables, async (dataSource: DataSource) => {
    const rows: { id: string }[] = await dataSource.query(find.sql, [name]);
    if (rows[0] === undefined) throw new OperatorError(`There is no ${find.kind} "${name}" that has tokens.`);
    return new BulkRevocationStore(dataSource).revoke({ kind: find.kind, id: rows[0].id }, 'operator', null);
  });
  const { families, clientTokens, sessions } = done;
  process.stdout.write(`Revoked: ${families} authorizations of people, ${clientTokens} tokens of clients, ${sessions} sessions.\n`);
  return 0;
}
