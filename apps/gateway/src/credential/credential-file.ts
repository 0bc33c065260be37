import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Change } from '#persistence/change/change-event.js';
import type { Credential } from '#persistence/credential/credential.js';
import type { GrantSubscription } from '#persistence/credential/grant.store.js';
import { writeAtomically } from '#process/write-atomically.js';
import type { RootSecret } from '#secrets/root-secret.js';
import { openText, sealText } from '#secrets/sealed-text.js';
import type { PublicKeyRow } from '#signing/verification-keys.js';
import type { FeedMark } from './change-follower.js';
import type { KeptGrants } from './grants/signed-grants.js';

/** A credential as it is kept: never the secret, but its SHA-256. */
export interface KeptCredential {
  /** As in the credential cache. */
  readonly key: string;
  readonly facts: Credential;
  readonly signedBy: string | null;
  /** Milliseconds since the epoch; null: it does not expire. */
  readonly expiresAt: number | null;
}

export interface KeptCredentials {
  readonly mark: FeedMark;
  readonly keys: readonly PublicKeyRow[];
  readonly credentials: readonly KeptCredential[];
  /** What signed tokens hang on, but for the subscriptions; null: it was not held. */
  readonly grants: KeptGrants | null;
}

/** What one process kept. */
export interface KeptByProcess extends KeptCredentials {
  /** Names the process. */
  readonly name: string;
  /** What it learned of changes after that. */
  readonly changes: readonly Change[];
}

type Piece = Partial<Pick<KeptCredentials, 'credentials'> & Pick<KeptGrants, 'families' | 'people'>>;

/** Written and sealed in pieces, so that no call waits for a large one. */
const PIECE = 500;

/**
 * Credentials on disk, encrypted under a key of the root secret, in one file for each process of a gateway. The subscriptions that signed
 * tokens hang on, of which there are many and few that change, have a file of their own.
 */
export class CredentialFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #key: Buffer;

  /** @param name of this process's file */
  constructor(dataFolder: string, name: string, rootSecret: RootSecret) {
    this.#folder = join(dataFolder, 'gateway');
    this.#name = name;
    this.#key = rootSecret.deriveKey('known-credentials');
  }

  async save({ mark, keys, credentials, grants }: KeptCredentials): Promise<void> {
    const { families = [], people = [] } = grants ?? {};
    const head = { mark, keys, grants: grants && { ...grants, families: [], people: [] } };
    await this.#write('credentials', [
      head,
      ...inPieces(credentials, (some): Piece => ({ credentials: some })),
      ...inPieces(families, (some): Piece => ({ families: some })),
      ...inPieces(people, (some): Piece => ({ people: some })),
    ]);
  }

  async saveSubscriptions(subscriptions: Iterable<GrantSubscription>): Promise<void> {
    await this.#write(
      'subscriptions',
      inPieces([...subscriptions], (some) => some),
    );
  }

  /** Adds what changed since the credentials were saved. At once: nothing else is done before it is written. */
  appendChanges(changes: readonly Change[]): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    appendFileSync(this.#pathOf('changes', this.#name), `${this.#seal(changes)}\n`, { mode: 0o600 });
  }

  /** Puts these in place of all that was appended. */
  replaceChanges(entries: readonly (readonly Change[])[]): void {
    const path = this.#pathOf('changes', this.#name);
    const draft = `${path}.draft`;
    writeFileSync(draft, entries.map((changes) => `${this.#seal(changes)}\n`).join(''), { mode: 0o600 });
    renameSync(draft, path);
  }

  /** What every process of the gateway kept. @throws where one cannot be read */
  async loadAll(): Promise<KeptByProcess[]> {
    const files = await readdir(this.#folder).catch(() => []);
    const names = files.flatMap((file) => /^credentials-(\w+)$/.exec(file)?.[1] ?? []);
    return Promise.all(names.map((name) => this.#load(name)));
  }

  /** @param name of the process that kept them @throws where they cannot be read */
  async loadSubscriptions(name: string): Promise<GrantSubscription[]> {
    return ((await this.#read('subscriptions', name)) as GrantSubscription[][]).flat();
  }

  async #load(name: string): Promise<KeptByProcess> {
    const [first, ...rest] = await this.#read('credentials', name);
    const changes = (await this.#read('changes', name).catch(ifMissing)) as (readonly Change[])[];
    const { mark, keys, grants } = first as KeptCredentials;
    const pieces = rest as Piece[];
    return {
      name,
      mark,
      changes: changes.flat(),
      keys,
      credentials: pieces.flatMap(({ credentials = [] }) => credentials),
      grants: grants && {
        ...grants,
        families: pieces.flatMap(({ families = [] }) => families),
        people: pieces.flatMap(({ people = [] }) => people),
      },
    };
  }

  async #write(kind: string, values: readonly unknown[]): Promise<void> {
    const lines: string[] = [];
    for (const value of values) {
      lines.push(this.#seal(value));
      await nextTurn();
    }
    await writeAtomically(this.#pathOf(kind, this.#name), Buffer.from(lines.join('\n')));
  }

  async #read(kind: string, name: string): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const line of (await readFile(this.#pathOf(kind, name), 'latin1')).split('\n')) {
      if (line !== '') values.push(JSON.parse(openText(this.#key, Buffer.from(line, 'base64'))));
    }
    return values;
  }

  #pathOf(kind: string, name: string): string {
    return join(this.#folder, `${kind}-${name}`);
  }

  #seal(value: unknown): string {
    return sealText(this.#key, JSON.stringify(value)).toString('base64');
  }
}

function ifMissing(error: NodeJS.ErrnoException): [] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}

function inPieces<One, Made>(list: readonly One[], make: (some: readonly One[]) => Made): Made[] {
  const count = Math.ceil(list.length / PIECE);
  return Array.from({ length: count }, (_, i) => make(list.slice(i * PIECE, (i + 1) * PIECE)));
}
