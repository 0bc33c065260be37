import { expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { formatFaults, loadConfig } from '../src/load-config.js';
import { withFolder } from './config-folder.js';
import { orders } from './mistakes/mistake.js';

const pair = (name: string) => generate([{ name: 'commonName', value: name }], { keyType: 'ec', algorithm: 'sha256' });

async function faultsOf(tls: string, variables: NodeJS.ProcessEnv): Promise<string> {
  const changes = orders('http://localhost:9001', `https://localhost\n  tls: { ${tls} }`);
  const outcome = await withFolder(changes, (folder) => loadConfig(folder, variables));
  return outcome.ok ? '' : formatFaults(outcome.faults);
}

test('97: a certificate towards upstreams comes with its key, and with no other', async () => {
  const [ours, other] = [await pair('ours'), await pair('other')];
  const variables = { CERT: ours.cert, KEY: ours.private, OTHER: other.private };
  expect(await faultsOf('ca: "${CERT}", cert: "${CERT}", key: "${KEY}"', variables)).toBe('');
  expect(await faultsOf('cert: "${CERT}"', variables)).toMatch(/upstream\.tls\.cert: needs key: give the private key of this certificate$/);
  expect(await faultsOf('key: "${KEY}"', variables)).toMatch(/upstream\.tls\.key: needs cert: give the certificate of this key$/);
  expect(await faultsOf('cert: "${CERT}", key: "${OTHER}"', variables)).toMatch(
    /upstream\.tls\.key: is not the key of the first certificate in cert: give the two that belong together$/,
  );
});

test('97: a certificate that TLS refuses as too weak is a mistake of the folder, not of the gateways that put it in force', async () => {
  const weak = await generate([{ name: 'commonName', value: 'weak' }], { keySize: 512, algorithm: 'sha256' });
  expect(await faultsOf('cert: "${CERT}", key: "${KEY}"', { CERT: weak.cert, KEY: weak.private })).toMatch(
    /upstream\.tls\.cert: is refused by TLS \(ee key too small\): give one that is strong enough$/,
  );
});
