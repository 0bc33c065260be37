/** The one place where the gateway's own answers are written. */
import { PROBLEM_TYPE, renderProblem } from '#http/problem.js';
import type { PluginAnswer } from '#plugins/gateway-plugin.js';
import { applyResponseEdits } from '../headers/response-fields.js';
import type { GatewayCall } from './gateway-call.js';
import type { Refusal } from './refusal.js';
import { runLog, runResponse } from './run-plugins.js';

/** Answers a call by a problem (RFC 9457). */
export function answerRefusal(call: GatewayCall, refusal: Refusal): void | Promise<void> {
  call.ownAnswer = refusal.reason;
  if (refusal.document !== undefined) return answerDocument(call, refusal.fields, refusal.document);
  return answer(call, refusal.status, refusal.fields, refusal.detail === null ? null : { detail: refusal.detail });
}

/** Answers a call as a plugin says. */
export function answerForPlugin(call: GatewayCall, { status, headers, problem, reason }: PluginAnswer): void | Promise<void> {
  call.ownAnswer = reason ?? 'plugin';
  return answer(call, status, Object.entries(headers ?? {}).flat(), problem ?? null);
}

function answerDocument(call: GatewayCall, fields: readonly string[], json: string): void {
  call.status = 200;
  call.bytesOut = Buffer.byteLength(json);
  const own = ['Content-Type', 'application/json', 'Cache-Control', 'max-age=300', 'Content-Length', String(call.bytesOut)];
  call.caller.answer(200, [...fields, ...own], json);
  runLog(call);
}

type Problem = { readonly detail: string; readonly title?: string | undefined };

function answer(call: GatewayCall, status: number, fields: readonly string[], problem: Problem | null): void | Promise<void> {
  call.status = status;
  const send = (): void => {
    const body = problem && renderProblem(status, problem.detail, call.correlationId, problem.title);
    const own = [...fields];
    if (body !== null) {
      call.bytesOut = Buffer.byteLength(body);
      own.push('Content-Type', PROBLEM_TYPE, 'Cache-Control', 'no-store', 'Content-Length', String(call.bytesOut));
    } else if (status !== 204) own.push('Content-Length', '0');
    call.caller.answer(status, call.responseEdits ? applyResponseEdits(own, call.responseEdits) : own, body);
    runLog(call);
  };
  const later = runResponse(call);
  return later ? later.then(send) : send();
}
