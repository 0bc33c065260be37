import type { Caller } from '../transport/caller.js';
import { checkHandshake } from '../websocket/check-handshake.js';
import type { GatewayCall } from './gateway-call.js';
import { ProxiedExchange, type ProxiedExchangeDeps } from './proxied-exchange.js';
import { answerRefusal } from './render-answer.js';

/** Carries an allowed call to its upstream. */
export function proxyCall(call: GatewayCall<Caller>, deps: ProxiedExchangeDeps): undefined | Promise<void> {
  if (call.caller.webSocket !== null) {
    const refusal = checkHandshake(call);
    if (refusal) return answerRefusal(call, refusal) as undefined | Promise<void>;
  }
  new ProxiedExchange(call, deps).start();
  return undefined;
}
