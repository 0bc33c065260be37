import type { GatewayCall } from '../call/gateway-call.js';
import { type Refusal, refuse } from '../call/refusal.js';
import { publicOrigin } from '../headers/forwarded.js';
import { type HandshakeFault, judgeHandshake, valuesOf } from './handshake.js';

/** @returns null: the upstream may be asked */
export function checkHandshake(call: GatewayCall): Refusal | null {
  const { fields } = call.caller;
  const { proto, host } = publicOrigin(call, call.fields);
  const fault = judgeHandshake({
    method: call.method,
    hasBody: call.fields.hasBody,
    versions: valuesOf(fields, 'sec-websocket-version'),
    keys: valuesOf(fields, 'sec-websocket-key'),
    origins: valuesOf(fields, 'origin'),
    ownOrigin: `${proto}://${host}`,
    allowedOrigins: (call.route as NonNullable<typeof call.route>).api.webSocket.origins,
  });
  return fault && REFUSALS[fault];
}

const REFUSALS: Readonly<Record<HandshakeFault, Refusal>> = {
  method: refuse(400, 'websocket-method', 'A WebSocket is asked for with GET.'),
  body: refuse(400, 'websocket-body', 'The request for a WebSocket must not have a body.'),
  // RFC 6455 §4.4, RFC 9110 §15.5.22: both fields say what would be served.
  version: refuse(426, 'websocket-version', 'WebSocket is served in version 13.', [
    'Upgrade',
    'websocket',
    'Connection',
    'Upgrade',
    'Sec-WebSocket-Version',
    '13',
  ]),
  key: refuse(400, 'websocket-key', 'Sec-WebSocket-Key must be sixteen bytes in base64, once.'),
  origin: refuse(403, 'websocket-origin', 'Pages of this origin may not open a WebSocket here.'),
};
