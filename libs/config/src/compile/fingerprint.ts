import { createHash } from 'node:crypto';
import type { ConfigFile } from '../source/config-folder.js';
import type { Variables } from '../source/variables.js';
import type { ConfigOverrides } from './compile-registry.js';

/** SHA-256 (hex) over every file and every variable that was used, each with its length, so that no two inputs run together. */
export function fingerprintOf(files: readonly ConfigFile[], variables: Variables, overrides: ConfigOverrides): string {
  const hash = createHash('sha256');
  const add = (...parts: (string | Buffer)[]): void => {
    for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  };
  for (const { path, bytes } of files) add('file', path, bytes);
  for (const [reference, value] of [...variables.used].sort(([a], [b]) => (a < b ? -1 : 1))) add('variable', reference, value);
  const { gateway, auth, portal } = overrides.publicUrls ?? {};
  add('publicUrls', gateway ?? '', auth ?? '', portal ?? '');
  return hash.digest('hex');
}
