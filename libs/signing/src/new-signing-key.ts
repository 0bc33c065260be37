import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { NewSigningKey, SigningAlgorithm } from '#persistence/signing-key/signing-key.store.js';
import type { KeySealer } from './sealed-key.js';

/** Makes a key pair; its id is its RFC 7638 thumbprint. */
export async function newSigningKey(alg: SigningAlgorithm, sealer: KeySealer): Promise<NewSigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  const publicPart = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicPart);
  return {
    kid,
    alg,
    publicJwk: { ...publicPart, kid, alg, use: 'sig' },
    sealedPrivate: sealer.seal(kid, await exportJWK(privateKey)),
  };
}
