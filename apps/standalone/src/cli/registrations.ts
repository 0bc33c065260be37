import type { DataSource } from 'typeorm';
import { formatFaults, loadConfig } from '#config/load-config.js';
import { withDatabase } from '#installation/with-database.js';
import { RegistrationStore } from '#persistence/registration/registration.store.js';
import { PersonStore } from '#persistence/user/person.store.js';
import { OperatorError, readEnvironment } from '#process/environment.js';

const ID = /^[a-z0-9][a-z0-9_-]{0,49}$/;
/** Namespaces stand in a header towards the upstream. */
const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const USAGE = 'Usage: gatehouse registrations add|remove <pool> <e-mail address> [<namespace>] [<property>=<value> …]';

/** `gatehouse registrations add`: registers a person in a pool, or gives their registration other properties. @returns exit code */
export function runRegistrationsAdd(words: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  return withPerson(words[1], variables, async (userId, store) => {
    const { poolId, namespace, properties } = readRegistration(words);
    const next = { userId, poolId, namespace, properties, address: null };
    const isNew = await store.insert(next);
    if (!isNew) await store.update(next);
    print(isNew ? 'Registered.' : 'The registration was there; its properties are new.');
  });
}

/** `gatehouse registrations remove`: with all tokens of that namespace. @returns exit code */
export function runRegistrationsRemove(words: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  return withPerson(words[1], variables, async (userId, store) => {
    const { poolId, namespace } = readRegistration(words);
    const apiIds = await apisOfPool(poolId, variables);
    if (!(await store.remove({ userId, poolId, namespace, apiIds }))) throw new OperatorError('There is no such registration.');
    print('Removed, and what it gave out is revoked.');
  });
}

/** By the config folder as it is now: the tokens of these APIs hang on registrations of the pool. */
async function apisOfPool(poolId: string, variables: NodeJS.ProcessEnv): Promise<string[]> {
  const { configFolder } = readEnvironment(variables);
  const outcome = await loadConfig(configFolder, variables);
  if (!outcome.ok) throw new OperatorError(`${configFolder} has mistakes:\n${formatFaults(outcome.faults)}`);
  return [...outcome.snapshot.apis.values()].filter(({ registrationPool }) => registrationPool === poolId).map(({ id }) => id);
}

/** `gatehouse registrations list`. @returns exit code */
export function runRegistrationsList(words: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  return withPerson(words[0], variables, async (userId, store) => {
    for (const { poolId, namespace, properties } of await store.listOfUser(userId)) {
      print([poolId, namespace || '-', JSON.stringify(properties)].join('  '));
    }
  });
}

function readRegistration([poolId = '', , ...rest]: readonly string[]) {
  const pairs = rest.filter((word) => word.includes('='));
  const [namespace = '', ...more] = rest.filter((word) => !word.includes('='));
  if (!ID.test(poolId) || more.length > 0) throw new OperatorError(USAGE);
  if (namespace !== '' && !NAMESPACE.test(namespace)) {
    throw new OperatorError('A namespace is 1 to 100 of A-Z, a-z, 0-9, ".", "_" and "-", beginning with a letter or digit.');
  }
  const properties = pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  if (!properties.every(([id]) => ID.test(id))) throw new OperatorError(USAGE);
  return { poolId, namespace, properties: Object.fromEntries(properties) };
}

async function withPerson(
  email: string | undefined,
  variables: NodeJS.ProcessEnv,
  work: (userId: string, store: RegistrationStore) => Promise<void>,
): Promise<number> {
  await withDatabase('registrations', variables, async (dataSource: DataSource) => {
    const person = email === undefined ? null : await new PersonStore(dataSource).findByEmail(email.trim().toLowerCase());
    if (person === null) throw new OperatorError(`There is no person ${email ?? ''}. ${USAGE}`);
    await work(person.userId, new RegistrationStore(dataSource));
  });
  return 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
