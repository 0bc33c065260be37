import { setTimeout as delay } from 'node:timers/promises';
import { openRootSecret } from '#installation/open-root-secret.js';
import { withDatabase } from '#installation/with-database.js';
import { SigningKeyStore, type StoredSigningKey } from '#persistence/signing-key/signing-key.store.js';
import { OperatorError, readEnvironment } from '#process/environment.js';
import { changeKeys } from '#signing/key-rotation.js';
import { KeySealer } from '#signing/sealed-key.js';
import { SIGNER_FRESHNESS } from '#signing/signing-keys.js';

/** `gatehouse keys rotate`: the next signing keys take over, those that sign now stay published. @returns exit code */
export async function runKeysRotate(variables: NodeJS.ProcessEnv): Promise<number> {
  const sealer = new KeySealer(openRootSecret(readEnvironment(variables), true));
  return withStore(variables, async (store) => {
    if (!(await store.list()).some((key) => sealer.open(key.kid, key.sealedPrivate) !== null)) {
      throw new OperatorError(
        'There is no signing key that GATEHOUSE_SECRET opens. Give the secret of the auth-server, and start it once: it makes the first keys.',
      );
    }
    const { promote } = await changeKeys(store, sealer, true);
    if (promote.length === 0) print('The next keys are about to take over already.');
    await list(store);
  });
}

/** `gatehouse keys list`. @returns exit code */
export function runKeysList(variables: NodeJS.ProcessEnv): Promise<number> {
  return withStore(variables, list);
}

/** Milliseconds in which every auth-server has seen that another key signs, those that are slow to answer too. */
const HANDOVER = 2 * SIGNER_FRESHNESS;

/**
 * `gatehouse keys remove <id>`: nothing that the key signed is believed any more. One that signs hands over to its successor first, so
 * that no token is signed by a key that is gone. @returns exit code
 */
export function runKeysRemove(kid: string | undefined, variables: NodeJS.ProcessEnv): Promise<number> {
  return withStore(variables, async (store) => {
    const successor = kid === undefined ? null : await store.supersede(kid);
    if (successor !== null) {
      print(`${successor} signs from now on. The key goes when every auth-server has seen that, in ${HANDOVER / 1_000} seconds.`);
      await delay(HANDOVER);
    }
    if (kid === undefined || !(await store.delete(kid))) throw new OperatorError('Name the id of a key; `gatehouse keys list` shows them.');
    print(`Removed ${kid}. Tokens that it signed are refused.`);
  });
}

async function withStore(variables: NodeJS.ProcessEnv, work: (store: SigningKeyStore) => Promise<void>): Promise<number> {
  await withDatabase('keys', variables, (dataSource) => work(new SigningKeyStore(dataSource)));
  return 0;
}

async function list(store: SigningKeyStore): Promise<void> {
  const keys = await store.list();
  for (const key of keys) print(`${key.kid}  ${key.alg}  ${stateOf(key, keys, new Date())}`);
}

function stateOf({ alg, signsFrom }: StoredSigningKey, keys: readonly StoredSigningKey[], now: Date): string {
  if (signsFrom === null) return 'next';
  if (signsFrom > now) return `signs from ${signsFrom.toISOString()}`;
  const superseded = keys.some((key) => key.alg === alg && key.signsFrom !== null && key.signsFrom > signsFrom && key.signsFrom <= now);
  return superseded ? 'verifies only' : `signs since ${signsFrom.toISOString()}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
