import type { LookupAddress, LookupOptions, lookup as resolveName } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * Resolves names so that each connection begins with another of a host's addresses. The family that the system puts first stays
 * first: its order tells which of them works from here (RFC 6724).
 */
export function spreadLookup(resolve: typeof resolveName): LookupFunction {
  let turn = 0;
  return (host, options: LookupOptions, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, []);
        return;
      }
      const addresses = inTurn(found, turn++);
      if (options.all) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}

function inTurn(addresses: readonly LookupAddress[], turn: number): LookupAddress[] {
  const first = addresses[0]?.family;
  const families = [addresses.filter(({ family }) => family === first), addresses.filter(({ family }) => family !== first)];
  return families.flatMap((family) => family.map((_, i) => family[(i + turn) % family.length] as LookupAddress));
}
