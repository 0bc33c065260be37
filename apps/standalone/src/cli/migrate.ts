import { withDatabase } from '#installation/with-database.js';
import { migrate } from '#persistence/schema/migrate.js';

/** `gatehouse migrate`: prints what it did. @returns exit code */
export async function runMigrate(variables: NodeJS.ProcessEnv): Promise<number> {
  const done = await withDatabase('migrate', variables, migrate);
  process.stdout.write(done.length === 0 ? 'The schema is up to date.\n' : `${done.map((name) => `Migrated: ${name}`).join('\n')}\n`);
  return 0;
}
