import { publicOrigin } from '../headers/forwarded.js';
import { replacePrefix } from '../headers/response-rewrite.js';
import type { UpstreamTarget } from '../upstream/upstream-target.js';
import type { GatewayCall } from './gateway-call.js';

/** A URL that a rule is for, or of the upstream's own, as clients can follow it; any other stays as it is. */
export function publicLocation(call: GatewayCall, { origin, basePath }: UpstreamTarget, value: string): string {
  const ruled = replacePrefix(value, call.route?.api.rewrite?.locations ?? []);
  if (ruled !== null) return ruled.startsWith('http') ? ruled : originOf(call) + (ruled.startsWith('/') ? ruled : `/${ruled}`);
  const inside = origin + basePath;
  if (!value.startsWith(inside) || !/^(?:[/?#]|$)/.test(value.slice(inside.length))) return value;
  const stripped = call.route?.stripPath ? call.prefix : '';
  return originOf(call) + stripped + value.slice(inside.length);
}

function originOf(call: GatewayCall): string {
  const { proto, host } = publicOrigin(call, call.fields);
  return `${proto}://${host}`;
}
