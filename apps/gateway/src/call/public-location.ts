import { publicOrigin } from '../headers/forwarded.js';
import type { UpstreamTarget } from '../upstream/upstream-target.js';
import type { GatewayCall } from './gateway-call.js';

/** A URL of the upstream's own, as clients can follow it; any other stays as it is. */
export function publicLocation(call: GatewayCall, { origin, basePath }: UpstreamTarget, value: string): string {
  const inside = origin + basePath;
  if (!value.startsWith(inside) || !/^(?:[/?#]|$)/.test(value.slice(inside.length))) return value;
  const { proto, host } = publicOrigin(call, call.fields);
  const stripped = call.route?.stripPath ? call.prefix : '';
  return `${proto}://${host}${stripped}${value.slice(inside.length)}`;
}
