/** The embedded database as a process of its own, for tests of the persistence alone. Prints its socket folder; ends on SIGTERM. */
import { startEmbeddedDatabase } from '../../dist/libs/persistence/src/embedded/embedded-database.js';

const database = await startEmbeddedDatabase(process.argv[2], (message) => {
  console.error(message);
  process.exit(1);
});
console.log(`listening ${JSON.stringify(database.address)}`);
process.on('SIGTERM', () => database.close().then(() => process.exit(0)));
