/**
 * The call, step by step. Whatever a step needs was compiled into the table; a step that has its answer at once is not waited for,
 * so a call with a cached credential runs from here to the upstream without leaving its turn.
 */
import type { PluginAnswer } from '#plugins/gateway-plugin.js';
import type { Logger } from '#process/logger.js';
import type { CredentialResolver } from '../credential/credential-resolver.js';
import type { Requester } from '../transport/caller.js';
import { answerFailure } from './answer-failure.js';
import { checkRequest } from './check-request.js';
import type { GatewayCall } from './gateway-call.js';
import { matchCall } from './match-call.js';
import type { Refusal } from './refusal.js';
import { answerForPlugin, answerRefusal } from './render-answer.js';
import { resolveCaller } from './resolve-caller.js';
import { runUntilAnswer } from './run-plugins.js';

export interface CallDeps {
  readonly credentials: CredentialResolver;
  readonly logger: Logger;
}

/** What takes an allowed call further: to its upstream (proxied-exchange.ts), or to who asked for a decision. */
export type Onward<R extends Requester> = (call: GatewayCall<R>) => undefined | Promise<void>;

/** Serves a call; whatever breaks on the way becomes a 500. */
export function serveCall<R extends Requester>(call: GatewayCall<R>, deps: CallDeps, onward: Onward<R>): void {
  try {
    const later = beginCall(call, deps, onward);
    if (later) later.catch((error: unknown) => void answerFailure(call, error, deps.logger));
  } catch (error) {
    void answerFailure(call, error, deps.logger);
  }
}

/** What a step comes to: nothing to wait for, or a promise. */
type Outcome = void | Promise<void>;

function beginCall<R extends Requester>(call: GatewayCall<R>, deps: CallDeps, onward: Onward<R>): Outcome {
  const unserved = checkRequest(call) ?? matchCall(call);
  if (unserved) return answerRefusal(call, unserved);
  const answer = runUntilAnswer(call.chain.request, call);
  if (answer === undefined) return resolveCall(call, deps, onward);
  const go = (early: PluginAnswer | undefined): Outcome => (early ? answerForPlugin(call, early) : resolveCall(call, deps, onward));
  return answer instanceof Promise ? answer.then(go) : go(answer);
}

function resolveCall<R extends Requester>(call: GatewayCall<R>, { credentials, logger }: CallDeps, onward: Onward<R>): Outcome {
  const denied = resolveCaller(call, credentials, logger);
  if (denied === null) return allowCall(call, onward);
  const go = (refusal: Refusal | null): Outcome => (refusal ? answerRefusal(call, refusal) : allowCall(call, onward));
  return denied instanceof Promise ? denied.then(go) : go(denied);
}

function allowCall<R extends Requester>(call: GatewayCall<R>, onward: Onward<R>): Outcome {
  const answer = runUntilAnswer(call.chain.access, call);
  if (answer === undefined) return onward(call);
  const go = (late: PluginAnswer | undefined): Outcome => (late ? answerForPlugin(call, late) : onward(call));
  return answer instanceof Promise ? answer.then(go) : go(answer);
}
