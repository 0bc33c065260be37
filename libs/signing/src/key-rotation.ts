import type {
  KeyChanges,
  NewSigningKey,
  SigningAlgorithm,
  SigningKeyStore,
  StoredSigningKey,
} from '#persistence/signing-key/signing-key.store.js';
import { decideKeyChanges, type KeyNeeds } from './decide-key-changes.js';
import { newSigningKey } from './new-signing-key.js';
import type { KeySealer } from './sealed-key.js';

/**
 * Gives every algorithm what it needs: at the first start its keys, later their successors. Several instances may do this at once;
 * one of them changes something, the others find nothing left to do.
 * @param rotate the operator wants the next keys to take over now, whatever the age
 */
export async function changeKeys(store: SigningKeyStore, sealer: KeySealer, rotate: boolean): Promise<KeyChanges> {
  const decide = (keys: readonly StoredSigningKey[]): KeyNeeds[] =>
    decideKeyChanges(
      keys.filter((key) => sealer.open(key.kid, key.sealedPrivate) !== null),
      new Date(),
      rotate,
    );
  const foreseen = decide(await store.list());
  if (foreseen.length === 0) return { add: [], promote: [] };
  // Making a key takes a while: not while the others wait.
  const made = new Map<SigningAlgorithm, NewSigningKey[]>();
  for (const needs of foreseen) {
    const count = Number(needs.signer) + Number(needs.next) + Number(needs.promote === 'new');
    made.set(needs.alg, await Promise.all(Array.from({ length: count }, () => newSigningKey(needs.alg, sealer))));
  }
  return store.change(rotate ? 'operator' : 'system', (keys) => combine(decide(keys), made));
}

/** Needs that came up meanwhile, for which no key was made, wait for the next round. */
function combine(allNeeds: readonly KeyNeeds[], made: ReadonlyMap<SigningAlgorithm, readonly NewSigningKey[]>): KeyChanges {
  const add: { key: NewSigningKey; signs: boolean }[] = [];
  const promote: string[] = [];
  for (const needs of allNeeds) {
    const keys = [...(made.get(needs.alg) ?? [])];
    const take = (signs: boolean): string | undefined => {
      const key = keys.shift();
      if (key !== undefined) add.push({ key, signs });
      return key?.kid;
    };
    if (needs.signer) take(true);
    const promoted = needs.promote === 'new' ? take(false) : needs.promote;
    if (promoted) promote.push(promoted);
    if (needs.next) take(false);
  }
  return { add, promote };
}
