import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, OperatorError } from '#process/environment.js';
import { RootSecret } from '#secrets/root-secret.js';

/** Takes GATEHOUSE_SECRET; without one, standalone makes a secret and keeps it in the data folder. */
export function openRootSecret(environment: Environment, standalone: boolean): RootSecret {
  if (!environment.secret && !standalone) {
    throw new OperatorError('GATEHOUSE_SECRET is not set. Give every app the same one; make it with: openssl rand -base64 32');
  }
  const secret = environment.secret ?? keptSecret(environment.dataFolder);
  try {
    return new RootSecret(secret);
  } catch (error) {
    throw new OperatorError((error as Error).message);
  }
}

function keptSecret(dataFolder: string): string {
  const file = join(dataFolder, 'secret');
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    // 'wx' fails where the file is there already: a secret is made once and never replaced.
    writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new OperatorError(`Cannot write the data folder ${dataFolder} (${code}). Set GATEHOUSE_DATA to a folder that can be written.`);
  }
  return readFileSync(file, 'utf8').trim();
}
