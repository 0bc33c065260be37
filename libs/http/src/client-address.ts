import { BlockList, isIP } from 'node:net';

/** The peers whose X-Forwarded-* fields count, compiled from CIDRs. */
export class TrustedProxies {
  readonly #list = new BlockList();
  readonly empty: boolean;

  /** @param cidrs such as `10.0.0.0/8` or `::1`; validated by the config */
  constructor(cidrs: readonly string[]) {
    this.empty = cidrs.length === 0;
    for (const cidr of cidrs) {
      const [address = '', bits] = cidr.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  includes(address: string): boolean {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && this.#list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Writes an IPv4 address that came in IPv6 clothes (`::ffff:1.2.3.4`) plainly. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/**
 * Finds the client: the rightmost address that is no trusted proxy (RFC 7239 §5.2, §8.1).
 * @param peer address of the connection's other end
 * @param forwardedFor value of X-Forwarded-For, where there is one
 */
export function resolveClientAddress(peer: string, forwardedFor: string | undefined, trusted: TrustedProxies): string {
  let client = plainAddress(peer);
  if (trusted.empty || forwardedFor === undefined || !trusted.includes(client)) return client;
  const hops = forwardedFor.split(',').map((hop) => plainAddress(hop.trim()));
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = hops[i] as string;
    if (isIP(hop) === 0) return client;
    client = hop;
    if (!trusted.includes(hop)) return client;
  }
  return client;
}
