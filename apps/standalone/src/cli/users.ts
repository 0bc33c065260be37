import { withDatabase } from '#installation/with-database.js';
import { PersonStore } from '#persistence/user/person.store.js';
import { OperatorError } from '#process/environment.js';

/** `gatehouse users require-password-change <e-mail address>`: the person is logged out everywhere, and chooses a new one. @returns exit code */
export async function runUsersRequirePasswordChange(words: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  const [email, ...more] = words;
  if (email === undefined || more.length > 0) throw new OperatorError('Usage: gatehouse users require-password-change <e-mail address>');
  await withDatabase('users', variables, async (dataSource) => {
    const people = new PersonStore(dataSource);
    const person = await people.findByEmail(email.trim().toLowerCase());
    if (person === null) throw new OperatorError(`There is no person ${email}.`);
    if (!(await people.requirePasswordChange(person.userId))) {
      throw new OperatorError(
        `${email} has no password that they could change: it is the config folder's (change it there, or set mustChangePassword), or they have none here.`,
      );
    }
  });
  process.stdout.write(`${email} is logged out everywhere, and has to choose a new password at the next login.\n`);
  return 0;
}
