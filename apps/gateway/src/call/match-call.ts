import type { CallRoute } from '../route/call-table.js';
import { readTarget } from '../route/request-path.js';
import { WELL_KNOWN } from '../route/resource-metadata.js';
import type { RouteMatch } from '../route/route-matcher.js';
import type { GatewayCall } from './gateway-call.js';
import { answerMetadata, REFUSALS, type Refusal, refuseTarget } from './refusal.js';

/** Reads the target and finds the route, and with it the plugins. @returns null: go on */
export function matchCall(call: GatewayCall): Refusal | null {
  const { target, plainPathEnd } = call.caller;
  let authority: string | null = null;
  if (plainPathEnd === -1) {
    const reading = readTarget(target);
    if (!reading.ok) return refuseTarget(reading.fault);
    ({ authority, path: call.path, query: call.query } = reading);
  } else if (plainPathEnd === target.length) call.path = target;
  else {
    call.path = target.slice(0, plainPathEnd);
    call.query = target.slice(plainPathEnd);
  }
  // Most paths differ in their second character.
  if (call.path.startsWith(WELL_KNOWN)) {
    return answerMetadata(call.method, call.table.resources.get(call.path.slice(WELL_KNOWN.length).replace(/\/$/, '')));
  }
  // RFC 9112 §3.2.2: "a proxy that forwards a request in absolute-form MUST ignore the received Host header field".
  call.host = authority ?? call.fields.host ?? '';
  const match = call.table.matcher.match(call.path, call.host, call.method);
  if (!match.matched && match.reason === 'no-route') return REFUSALS.noRoute;
  const other = plainPathEnd === -1 ? otherReading(call.path) : null;
  if (other !== null && !isSameRoute(match, call.table.matcher.match(other, call.host, call.method))) return REFUSALS.ambiguousPath;
  call.route = match.route;
  call.prefix = match.prefix;
  call.chain = match.route.chain;
  if (!match.matched) call.allow = match.allow;
  return null;
}

/**
 * The path as servers read it that take off path parameters (`;v=1`, RFC 3986 §3.3) and merge slashes; null where they read nothing
 * else. A call that would there belong to another route, with other scopes, is refused.
 */
function otherReading(path: string): string | null {
  if (!path.includes(';') && !path.includes('//')) return null;
  return path.replace(/;[^/]*/g, '').replace(/\/{2,}/g, '/');
}

function isSameRoute(a: RouteMatch<CallRoute>, b: RouteMatch<CallRoute>): boolean {
  return 'route' in a && 'route' in b && a.route === b.route;
}
