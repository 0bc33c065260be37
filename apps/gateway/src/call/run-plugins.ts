/** Runs a call's chain phase by phase. Only a hook that returns a promise is waited for. */
import type { PluginAnswer } from '#plugins/gateway-plugin.js';
import type { GatewayCall } from './gateway-call.js';

type AnswerHook = (call: GatewayCall) => PluginAnswer | undefined | Promise<PluginAnswer | undefined>;

/** @returns the first answer that a plugin gives in place of the upstream; a promise where a hook is waited for */
export function runUntilAnswer(
  hooks: readonly AnswerHook[],
  call: GatewayCall,
  from = 0,
): PluginAnswer | undefined | Promise<PluginAnswer | undefined> {
  for (let i = from; i < hooks.length; i++) {
    const result = (hooks[i] as AnswerHook)(call);
    if (result === undefined) continue;
    if (!(result instanceof Promise)) return result;
    return result.then((answer) => answer ?? runUntilAnswer(hooks, call, i + 1));
  }
  return undefined;
}

export function runResponse(call: GatewayCall, from = 0): undefined | Promise<void> {
  const hooks = call.chain.response;
  for (let i = from; i < hooks.length; i++) {
    const result = hooks[i]?.(call);
    if (result instanceof Promise) return result.then(() => runResponse(call, i + 1));
  }
  return undefined;
}

/** The exchange is over: it is recorded, and a hook that breaks can spoil nothing but its own record. */
export function runLog(call: GatewayCall): void {
  call.table.recorder.end(call);
  for (const hook of call.chain.log) {
    try {
      hook(call);
    } catch (error) {
      process.emitWarning(error as Error);
    }
  }
}
