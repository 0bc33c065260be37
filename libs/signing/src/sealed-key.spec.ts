import { expect, test } from '@jest/globals';
import { RootSecret } from '#secrets/root-secret.js';
import { KeySealer } from './sealed-key.js';

const sealer = new KeySealer(new RootSecret('a'.repeat(32)));
const jwk = { kty: 'EC', d: 'private-part' };

test('a sealed key opens under its secret and id alone, and shows nothing', () => {
  const sealed = sealer.seal('k1', jwk);
  expect(sealer.open('k1', sealed)).toEqual(jwk);
  expect(sealed.includes('private-part')).toBe(false);
  expect(sealer.open('k2', sealed)).toBeNull();
  expect(new KeySealer(new RootSecret('b'.repeat(32))).open('k1', sealed)).toBeNull();
  const changed = Buffer.from(sealed);
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
  expect(sealer.open('k1', changed)).toBeNull();
  expect(sealer.open('k1', Buffer.from('junk'))).toBeNull();
});
