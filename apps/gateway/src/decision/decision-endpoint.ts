/**
 * The decision endpoint, `/authz` on the internal port: the gateway's pipeline without the proxying, for an engine in front that
 * carries the bytes (docs/engines.md). Stands in front of Express and Nest, whose routing costs more than a decision.
 * Flow: decision-style.ts → decision-request.ts → call/call-pipeline.ts → answer-allowed.ts, or a refusal (decision-caller.ts).
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PROBLEM_TYPE, renderProblem } from '#http/problem.js';
import { answerInPlace, DecisionCaller } from './decision-caller.js';
import { readDecisionRequest } from './decision-request.js';
import { type DecisionStyle, readQuestion } from './decision-style.js';

const OURS = /^\/authz(?:[/?]|$)/;

export interface DecisionMaker {
  /** Whether decisions can be made. */
  readonly deciding: boolean;
  decide(caller: DecisionCaller): void;
}

export class DecisionEndpoint {
  readonly #maker: DecisionMaker;

  constructor(maker: DecisionMaker) {
    this.#maker = maker;
  }

  /** @returns false where the request is for something else, and nothing was done with it */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url as string;
    if (!OURS.test(url)) return false;
    const question = readQuestion(url);
    if (question === null) {
      refuse(response, 'status', 400, 'Ask for decisions at /authz, /authz?refusals=403 or /authz/call/<path of the call>.', []);
      return true;
    }
    const { style, target } = question;
    if (!this.#maker.deciding) {
      refuse(response, style, 503, 'The gateway is starting. Try again shortly.', ['Retry-After', '1']);
      return true;
    }
    const line = target === null ? null : { method: request.method as string, target };
    const reading = readDecisionRequest(request.rawHeaders, line);
    if (reading.ok) this.#maker.decide(new DecisionCaller(reading, style, response));
    else refuse(response, style, 400, reading.detail, []);
    return true;
  }
}

function refuse(response: ServerResponse, style: DecisionStyle, status: number, detail: string, more: readonly string[]): void {
  const body = renderProblem(status, detail, randomUUID());
  const fields = ['Content-Type', PROBLEM_TYPE, 'Cache-Control', 'no-store', 'Content-Length', String(Buffer.byteLength(body)), ...more];
  answerInPlace(response, style, { status, fields, body });
}
