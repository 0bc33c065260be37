import type { Socket } from 'node:net';
import type { GatewayCall } from '../call/gateway-call.js';
import { runLog } from '../call/run-plugins.js';
import { applyResponseEdits, readResponseFields } from '../headers/response-fields.js';
import { rewriteCookies } from '../headers/response-rewrite.js';
import type { LongCall, LongCalls } from '../long-call/long-calls.js';
import type { WebSocketOffer } from '../transport/caller.js';
import { CLOSE_CODES } from './control-frame.js';
import { type WebSocketEnds, WebSocketRelay } from './websocket-relay.js';

/** An upstream's 101: its fields, and the connection. */
export interface SwitchedUpstream {
  readonly fields: readonly string[];
  readonly socket: Socket;
  readonly unread: Buffer;
}

/**
 * Answers 101, and joins the two connections.
 * @throws TypeError for a field that no message may hold
 */
export function beginWebSocket(call: GatewayCall, offer: WebSocketOffer, upstream: SwitchedUpstream, longCalls: LongCalls): void {
  const kept = readResponseFields(upstream.fields, 101, (value) => value);
  const rules = (call.route as NonNullable<typeof call.route>).api.rewrite;
  if (rules !== null) rewriteCookies(kept, rules);
  const { socket, unread } = offer.accept(call.responseEdits ? applyResponseEdits(kept, call.responseEdits) : kept);
  const ends = { client: socket, clientUnread: unread, upstream: upstream.socket, upstreamUnread: upstream.unread };
  longCalls.add(new WebSocketCall(call, ends, longCalls));
}

/** A call that became a WebSocket: it lasts until one end closes it, its credential ends, or the gateway stops. */
class WebSocketCall implements LongCall {
  readonly #relay: WebSocketRelay;

  constructor(
    readonly call: GatewayCall,
    ends: WebSocketEnds,
    longCalls: LongCalls,
  ) {
    const { webSocket } = (call.route as NonNullable<typeof call.route>).api;
    this.#relay = new WebSocketRelay(ends, webSocket.idleSeconds, () => {
      longCalls.remove(this);
      runLog(call);
    });
  }

  onSecond(): void {
    this.#relay.onSecond();
  }

  endForCredential(): void {
    this.#relay.close(CLOSE_CODES.policyViolation, 'The credential is no longer valid');
  }

  endForStop(): void {
    this.#relay.close(CLOSE_CODES.goingAway, 'The gateway stops');
  }
}
