import type { Logger } from '#process/logger.js';
import { type GatewayCall, NO_CHAIN } from './gateway-call.js';
import { REFUSALS } from './refusal.js';
import { answerRefusal } from './render-answer.js';

/** Answers a call whose handling broke by a 500. A plugin may be what broke: none has a say any more. */
export function answerFailure(call: GatewayCall, error: unknown, logger: Logger): void | Promise<void> {
  logger.error({ api: call.apiId, correlationId: call.correlationId, err: error }, 'A call failed in the gateway.');
  call.responseEdits = null;
  call.chain = NO_CHAIN;
  return answerRefusal(call, REFUSALS.internal);
}
