import { isIP } from 'node:net';
import { plainAddress } from './client-address.js';

/**
 * The network that counts as one caller: an IPv4 address by itself, of an IPv6 address the first 64 bits, which one household or
 * machine has to itself and may change addresses in at will.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address).replace(/%.*$/, '');
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail = ''] = plain.toLowerCase().split('::');
  const groups = (part: string): string[] =>
    part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
  const front = groups(head);
  const zeros = plain.includes('::') ? Array.from({ length: 8 - front.length - groups(tail).length }, () => '0') : [];
  const whole = [...front, ...zeros, ...groups(tail)].map((group) => Number.parseInt(group, 16).toString(16));
  return `${whole.slice(0, 4).join(':')}::/64`;
}
