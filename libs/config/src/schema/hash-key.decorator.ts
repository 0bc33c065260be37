import type { HashKey } from '../registry.js';
import { Check, judgeText } from './check.decorator.js';

const HEADER = /^header:([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64})$/;

/** @returns null: no such thing */
export function parseHashKey(text: string): HashKey | null {
  if (text === 'consumer' || text === 'address') return { kind: text };
  const name = HEADER.exec(text)?.[1];
  return name === undefined ? null : { kind: 'header', name: name.toLowerCase() };
}

/** `consumer`, `address` or `header:<name>`. */
export function IsHashKey(): PropertyDecorator {
  const judge = judgeText(
    'consumer, address, or header: and the name of a header, such as header:X-Tenant',
    (text) => parseHashKey(text) !== null,
  );
  return Check('isHashKey', judge, { schema: { type: 'string', pattern: '^(consumer|address|header:[^ :]{1,64})$' } });
}
