import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { NO_SHARED_CERTIFICATES, TlsCertificates } from './tls-certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-certificates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a certificate that TLS refuses as too weak is named, with what to do', async () => {
  const [cert, key] = [join(folder, 'own.pem'), join(folder, 'own.key')];
  const weak = await generate([{ name: 'commonName', value: 'weak' }], { keySize: 512, algorithm: 'sha256' });
  writeFileSync(cert, weak.cert);
  writeFileSync(key, weak.private);
  const certificates = new TlsCertificates([{ cert, key }], NO_SHARED_CERTIFICATES, { info: () => undefined, error: () => undefined });
  await expect(certificates.start(() => undefined)).rejects.toThrow(
    `${cert} is refused by TLS (ee key too small): put one there that is strong enough.`,
  );
});
