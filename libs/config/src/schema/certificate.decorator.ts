import { createPrivateKey, X509Certificate } from 'node:crypto';
import { Check, type Judge } from './check.decorator.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @returns null: not a certificate, or something beside certificates */
export function readCertificates(pem: string): X509Certificate[] | null {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || (pem.match(/-----BEGIN /g) ?? []).length !== blocks.length) return null;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return null;
  }
}

/** One certificate or several, PEM. */
export function IsCertificates(): PropertyDecorator {
  const judge: Judge = (value) =>
    typeof value === 'string' && readCertificates(value) !== null
      ? null
      : 'must be one or several certificates in PEM and nothing else, best read from a file: "${file:/etc/gatehouse/ca.pem}"';
  return Check('isCertificates', judge, { schema: { type: 'string' } });
}

/** An unencrypted private key, PEM; its value is never shown. */
export function IsPrivateKey(): PropertyDecorator {
  const judge: Judge = (value) =>
    typeof value === 'string' && isPrivateKey(value)
      ? null
      : 'must be a private key in PEM without a passphrase, best read from a file: "${file:/run/secrets/gateway.key}"';
  return Check('isPrivateKey', judge, { schema: { type: 'string' } });
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}
