import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Credential } from '#persistence/credential/credential.js';
import { writeAtomically } from '#process/write-atomically.js';
import type { RootSecret } from '#secrets/root-secret.js';
import { openText, sealText } from '#secrets/sealed-text.js';
import type { PublicKeyRow } from '#signing/verification-keys.js';

/** A credential as it is kept: never the secret, but its SHA-256. */
export interface KeptCredential {
  /** As in the credential cache. */
  readonly key: string;
  readonly facts: Credential;
  readonly signedBy: string | null;
  /** Milliseconds since the epoch; null: it does not expire. */
  readonly expiresAt: number | null;
}

/** Up to when all changes are known to those who kept these. */
export interface FeedMark {
  readonly position: string;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

export interface KeptCredentials {
  readonly mark: FeedMark;
  readonly keys: readonly PublicKeyRow[];
  readonly credentials: readonly KeptCredential[];
}

/** Written and sealed in pieces, so that no call waits for a large one. */
const PIECE = 500;

/** Credentials on disk, encrypted under a key of the root secret, in one file for each process of a gateway. */
export class CredentialFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #key: Buffer;

  /** @param name of this process's file */
  constructor(dataFolder: string, name: string, rootSecret: RootSecret) {
    this.#folder = join(dataFolder, 'gateway');
    this.#name = `credentials-${name}`;
    this.#key = rootSecret.deriveKey('known-credentials');
  }

  async save({ mark, keys, credentials }: KeptCredentials): Promise<void> {
    const lines = [this.#seal({ mark, keys })];
    for (let i = 0; i < credentials.length; i += PIECE) {
      lines.push(this.#seal(credentials.slice(i, i + PIECE)));
      await nextTurn();
    }
    await writeAtomically(join(this.#folder, this.#name), Buffer.from(lines.join('\n')));
  }

  /** What every process of the gateway kept. @throws where one cannot be read */
  async loadAll(): Promise<KeptCredentials[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const files = names.filter((name) => /^credentials-\w+$/.test(name));
    return Promise.all(files.map(async (name) => this.#open(await readFile(join(this.#folder, name), 'latin1'))));
  }

  #seal(value: unknown): string {
    return sealText(this.#key, JSON.stringify(value)).toString('base64');
  }

  #open(text: string): KeptCredentials {
    const [head, ...pieces] = text.split('\n').map((line) => JSON.parse(openText(this.#key, Buffer.from(line, 'base64'))));
    return { ...(head as Pick<KeptCredentials, 'mark' | 'keys'>), credentials: (pieces as KeptCredential[][]).flat() };
  }
}
