import { createHash } from 'node:crypto';

/** A file that pages load, held in memory. */
export interface Asset {
  readonly name: string;
  /** SHA-256 of the bytes, cut to 16 hex digits: a changed file has a changed address. */
  readonly hash: string;
  /** Address, relative to the app: `/assets/<name>-<hash>.<ending>`. */
  readonly path: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export function makeAsset(name: string, ending: string, contentType: string, content: string | Buffer): Asset {
  const bytes = Buffer.from(content as string);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { name, hash, path: `/assets/${name}-${hash}.${ending}`, contentType, bytes };
}
