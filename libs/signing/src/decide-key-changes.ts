import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '#persistence/signing-key/signing-key.store.js';

/** Milliseconds after which a key's successor takes over. */
export const ROTATION_AGE = 90 * 24 * 60 * 60 * 1_000;

/** Milliseconds by which the clocks of database and process may differ. */
const CLOCK_SKEW = 60_000;

/** What counts of a key whose private half can be opened. */
export interface UsableKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly signsFrom: Date | null;
}

/** What an algorithm needs. */
export interface KeyNeeds {
  readonly alg: SigningAlgorithm;
  /** A key that signs from now on: there is none. */
  readonly signer: boolean;
  /** A new next key. */
  readonly next: boolean;
  /** The next key takes over: its id, or `new` where it is still to be made. */
  readonly promote: string | null;
}

/**
 * Says what the keys need: for each algorithm one that signs and a next one, which is published long before it signs, so that
 * rotation never meets a reader who does not know the key (OpenID Connect Core §10.1.1).
 * @param rotate whether the next keys shall take over, whatever the age
 */
export function decideKeyChanges(keys: readonly UsableKey[], now: Date, rotate: boolean): KeyNeeds[] {
  return SIGNING_ALGORITHMS.map((alg) => {
    const own = keys.filter((key) => key.alg === alg);
    const next = own.find((key) => key.signsFrom === null);
    const starts = own.flatMap((key) => (key.signsFrom === null ? [] : [key.signsFrom.getTime()]));
    const begun = starts.filter((start) => start <= now.getTime() + CLOCK_SKEW);
    if (begun.length === 0) return { alg, signer: true, next: next === undefined, promote: null };
    const takeoverPending = begun.length < starts.length;
    const due = rotate || now.getTime() - Math.max(...begun) >= ROTATION_AGE;
    if (due && !takeoverPending) return { alg, signer: false, next: true, promote: next?.kid ?? 'new' };
    return { alg, signer: false, next: next === undefined, promote: null };
  }).filter((needs) => needs.signer || needs.next || needs.promote !== null);
}
