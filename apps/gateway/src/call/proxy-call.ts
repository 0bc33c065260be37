import type { Caller } from '../transport/caller.js';
import { checkHandshake } from '../websocket/check-handshake.js';
import type { GatewayCall } from './gateway-call.js';
import { ProxiedExchange, type ProxiedExchangeDeps } from './proxied-exchange.js';
import { REFUSALS } from './refusal.js';
import { answerRefusal } from './render-answer.js';

/** Carries an allowed call to its upstream. */
export function proxyCall(call: GatewayCall<Caller>, deps: ProxiedExchangeDeps): undefined | Promise<void> {
  if (call.caller.webSocket !== null) {
    const refusal = checkHandshake(call);
    if (refusal) return answerRefusal(call, refusal) as undefined | Promise<void>;
  }
  // A length that is announced is held by the transports; one that is not is counted as it comes.
  if (call.fields.hasBody && Number(call.fields.contentLength ?? 0) > (call.route?.maxBodySize ?? 0)) {
    return answerRefusal(call, REFUSALS.bodyTooLarge) as undefined | Promise<void>;
  }
  new ProxiedExchange(call, deps).start();
  return undefined;
}
