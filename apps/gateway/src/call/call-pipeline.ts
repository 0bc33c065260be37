/**
 * The call, step by step. Whatever a step needs was compiled into the table; a step that has its answer at once is not waited for,
 * so a call with a cached credential runs from here to the upstream without leaving its turn.
 */
import type { Logger } from '#process/logger.js';
import type { CredentialResolver } from '../credential/credential-resolver.js';
import type { Requester } from '../transport/caller.js';
import { answerFailure } from './answer-failure.js';
import { checkRequest } from './check-request.js';
import type { GatewayCall } from './gateway-call.js';
import { matchCall } from './match-call.js';
import { answerForPlugin, answerRefusal } from './render-answer.js';
import { resolveCaller } from './resolve-caller.js';
import { runUntilAnswer } from './run-plugins.js';

export interface CallDeps {
  readonly credentials: CredentialResolver;
  readonly logger: Logger;
}

/** @param onward takes the allowed call further: to its upstream (proxied-exchange.ts); what it throws becomes a 500 */
export async function serveCall<R extends Requester>(
  call: GatewayCall<R>,
  { credentials, logger }: CallDeps,
  onward: (call: GatewayCall<R>) => undefined | Promise<void>,
): Promise<void> {
  try {
    const unserved = checkRequest(call) ?? matchCall(call);
    if (unserved) return await answerRefusal(call, unserved);

    const early = runUntilAnswer(call.chain.request, call);
    const earlyAnswer = early instanceof Promise ? await early : early;
    if (earlyAnswer) return await answerForPlugin(call, earlyAnswer);

    const resolving = resolveCaller(call, credentials, logger);
    const denied = resolving instanceof Promise ? await resolving : resolving;
    if (denied) return await answerRefusal(call, denied);

    const access = runUntilAnswer(call.chain.access, call);
    const accessAnswer = access instanceof Promise ? await access : access;
    if (accessAnswer) return await answerForPlugin(call, accessAnswer);

    const later = onward(call);
    if (later) await later;
  } catch (error) {
    await answerFailure(call, error, logger);
  }
}
