/**
 * Joins a caller and an upstream: body up, head and body down, each no faster than the other side takes it. When one side breaks,
 * the other is broken at once; a part of an answer is never passed off as a whole.
 */
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Logger } from '#process/logger.js';
import { readRequestTrailers } from '../headers/request-trailers.js';
import { readResponseFields, readTrailers } from '../headers/response-fields.js';
import type { LongCall, LongCalls } from '../long-call/long-calls.js';
import type { BodyFault, Caller, CallerListener } from '../transport/caller.js';
import { decideRetry, type RetryDecision } from '../upstream/retry-decision.js';
import { explainTlsFault } from '../upstream/tls-fault.js';
import type { UpstreamExchange, UpstreamFailure, UpstreamHead, UpstreamListener } from '../upstream/upstream-client.js';
import type { UpstreamTarget } from '../upstream/upstream-target.js';
import type { UpstreamTargets } from '../upstream/upstream-targets.js';
import { isAcceptedBy, valuesOf } from '../websocket/handshake.js';
import { beginWebSocket } from '../websocket/websocket-call.js';
import { answerFailure } from './answer-failure.js';
import type { CutBy } from './call-record.js';
import { composeAnswer } from './compose-answer.js';
import { type GatewayCall, NO_CHAIN } from './gateway-call.js';
import { BODY_FAULTS, REFUSALS, type Refusal, refuseFailure, refuseUnavailable } from './refusal.js';
import { answerRefusal } from './render-answer.js';
import { runLog, runResponse } from './run-plugins.js';
import { composeUpstreamRequest } from './upstream-request.js';

const NO_TRAILERS: readonly string[] = [];

export interface ProxiedExchangeDeps {
  readonly logger: Logger;
  readonly longCalls: LongCalls;
}

export class ProxiedExchange implements UpstreamListener, CallerListener, LongCall {
  readonly #call: GatewayCall<Caller>;
  readonly #caller: Caller;
  readonly #logger: Logger;
  readonly #longCalls: LongCalls;
  readonly #maxBodySize: number;
  readonly #targets: UpstreamTargets;
  #target: UpstreamTarget | null = null;
  /** Targets that have failed the call; null: none has. */
  #tried: UpstreamTarget[] | null = null;
  #upstream: UpstreamExchange | null = null;
  #attemptsLeft: number;
  readonly #totalTimeout: number;
  #patience: NodeJS.Timeout | null = null;
  #headSent = false;
  /** What the answer's Connection field lists. */
  #answerConnection: string | undefined = undefined;
  #over = false;
  #lasting = false;
  /** Holds back what follows the head while a response hook is waited for. */
  #hookRuns: Promise<void> | null = null;

  constructor(call: GatewayCall<Caller>, { logger, longCalls }: ProxiedExchangeDeps) {
    const route = call.route;
    if (route === null) throw new Error('A call without a route has no upstream.');
    this.#call = call;
    this.#caller = call.caller;
    this.#logger = logger;
    this.#longCalls = longCalls;
    this.#maxBodySize = route.maxBodySize;
    this.#attemptsLeft = route.api.retries;
    this.#totalTimeout = route.api.totalTimeout;
    this.#targets = route.api.targets;
  }

  get call(): GatewayCall {
    return this.#call;
  }

  start(): undefined {
    const target = this.#targets.pick(this.#call);
    if (target === null) {
      this.#over = true;
      this.#refuse(refuseUnavailable(this.#targets.returnsIn));
      return;
    }
    this.#call.upstreamAt = performance.now();
    this.#send(target);
    if (this.#totalTimeout > 0) this.#patience = setTimeout(() => this.#expire(), this.#totalTimeout).unref();
    this.#caller.listen(this);
  }

  onInformation(status: number, fields: string[]): void {
    if (!this.#headSent)
      this.#caller.sendInformation(
        status,
        readResponseFields(fields, status, (value) => value),
      );
  }

  onHead(head: UpstreamHead): void {
    if (this.#over) return;
    try {
      const later = this.#takeHead(head);
      if (later === undefined) {
        this.#sendHead(head);
        return;
      }
      this.#upstream?.pause();
      this.#hookRuns = later
        .then(() => {
          this.#hookRuns = null;
          if (this.#over) return;
          this.#sendHead(head);
          this.#upstream?.resume();
        })
        .catch((error: Error) => this.#breakDown(error));
    } catch (error) {
      this.#breakDown(error as Error);
    }
  }

  onWhole(head: UpstreamHead, body: string): void {
    if (this.#over) return;
    try {
      const later = this.#takeHead(head);
      this.#call.bytesOut += body.length;
      if (later === undefined) this.#sendWhole(head, body);
      else later.then(() => this.#over || this.#sendWhole(head, body)).catch((error: Error) => this.#breakDown(error));
    } catch (error) {
      this.#breakDown(error as Error);
    }
  }

  /** @returns what must be waited for before the head is sent */
  #takeHead({ status }: UpstreamHead): undefined | Promise<void> {
    const call = this.#call;
    call.status = status;
    call.answeredAt = performance.now();
    return runResponse(call);
  }

  onBodyPart(part: Buffer): void {
    if (this.#over) return;
    if (this.#hookRuns) {
      void this.#hookRuns.then(() => this.onBodyPart(part));
      return;
    }
    this.#call.bytesOut += part.length;
    if (!this.#caller.sendPart(part)) this.#upstream?.pause();
  }

  get keepsParts(): boolean {
    return this.#hookRuns !== null || this.#caller.keepsParts;
  }

  onEnd(trailers: string[]): void {
    if (this.#over) return;
    if (this.#hookRuns) {
      void this.#hookRuns.then(() => this.onEnd(trailers));
      return;
    }
    this.#end();
    this.#caller.finish(trailers.length === 0 ? [] : readTrailers(trailers, this.#answerConnection));
    runLog(this.#call);
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.#over) return;
    const call = this.#call;
    const decision = this.#decideRetry(failure);
    const { message, code } = failure.error as Error & { code?: string };
    this.#logger.warn(
      {
        api: call.apiId,
        correlationId: call.correlationId,
        upstream: this.#target?.origin,
        reason: failure.reason,
        error: code ?? message,
        hint: explainTlsFault(code),
        retry: decision.retry,
        because: decision.reason,
      },
      'An upstream failed.',
    );
    const again = decision.retry && this.#sendAgain();
    call.table.recorder.upstreamFailed(call, failure.reason, again ? 'retried' : decision.reason);
    if (!again) this.#giveUp(failure);
  }

  onWritable(): void {
    if (!this.#over) this.#caller.startBody();
  }

  onRequestPart(part: Buffer): void {
    if (this.#over) return;
    this.#call.bytesIn += part.length;
    if (this.#call.bytesIn > this.#maxBodySize) {
      this.#refuseBody(REFUSALS.bodyTooLarge, 'gateway');
      return;
    }
    if (this.#upstream?.write(part) === false) this.#caller.pauseBody();
  }

  onRequestEnd(trailers: readonly string[] = NO_TRAILERS): void {
    if (this.#over) return;
    if (trailers.length === 0) this.#upstream?.end();
    else {
      const { table, fields, upstreamFields } = this.#call;
      const rules = { names: table.fieldNames, connection: fields.connection, set: upstreamFields };
      this.#upstream?.end(readRequestTrailers(trailers, rules));
    }
  }

  onRequestFault(fault: BodyFault): void {
    if (!this.#over) this.#refuseBody(BODY_FAULTS[fault], 'client');
  }

  onDrained(): void {
    if (!this.#over) this.#upstream?.resume();
  }

  onGone(): void {
    if (this.#over) return;
    this.#end();
    this.#upstream?.abort();
    this.#call.cutBy = 'client';
    runLog(this.#call);
  }

  onLasting(): void {
    if (this.#over || this.#call.credential === null) return;
    this.#lasting = true;
    this.#longCalls.add(this);
  }

  /** What the client has of the answer is no whole, and must not look like one. */
  endForCredential(): void {
    if (this.#over) return;
    this.#end();
    this.#upstream?.abort();
    this.#caller.cut();
    this.#logger.info({ api: this.#call.apiId, correlationId: this.#call.correlationId }, 'A call outlived its credential.');
    this.#call.cutBy = 'gateway';
    runLog(this.#call);
  }

  onSwitch(fields: string[], socket: Socket, unread: Buffer): void {
    const offer = this.#caller.webSocket;
    const key = valuesOf(this.#caller.fields, 'sec-websocket-key')[0] ?? '';
    if (this.#over || offer === null || !isAcceptedBy(fields, key)) {
      socket.destroy();
      this.#breakDown(new Error('The upstream did not accept the WebSocket that was asked for.'));
      return;
    }
    this.#call.status = 101;
    this.#call.answeredAt = performance.now();
    // As after a plugin that is waited for, the client may have left.
    const join = (): void => {
      if (this.#over) socket.destroy();
      else {
        beginWebSocket(this.#call, offer, { fields, socket, unread }, this.#longCalls);
        this.#end();
      }
    };
    const fail = (error: Error): void => {
      socket.destroy();
      this.#breakDown(error);
    };
    try {
      const later = runResponse(this.#call);
      if (later === undefined) join();
      else later.then(join).catch(fail);
    } catch (error) {
      fail(error as Error);
    }
  }

  /** BEHAVIOURS 85: said while the rest is still to come; what the upstream has of the body is no whole. */
  #refuseBody(refusal: Refusal, cutBy: CutBy): void {
    this.#end();
    this.#upstream?.abort();
    if (this.#call.status === 0) this.#refuse(refusal);
    else {
      this.#caller.cut();
      this.#call.cutBy = cutBy;
      runLog(this.#call);
    }
  }

  #send(target: UpstreamTarget): void {
    this.#target = target;
    const request = composeUpstreamRequest(this.#call, target);
    const webSocket = this.#caller.webSocket !== null;
    this.#upstream = target.client.open(webSocket ? { ...request, webSocket } : request, this);
  }

  #expire(): void {
    if (this.#over) return;
    this.#upstream?.abort();
    const { apiId, correlationId } = this.#call;
    this.#logger.warn(
      { api: apiId, correlationId, upstream: this.#target?.origin },
      'A call took longer than its upstream may take in all.',
    );
    this.#giveUp({ reason: 'timeout' });
  }

  /** Nobody waits for this answer: what breaks in it, a plugin's hook say, must be caught here. */
  #refuse(refusal: Refusal): void {
    const fail = (error: unknown): void => void answerFailure(this.#call, error, this.#logger);
    try {
      const later = answerRefusal(this.#call, refusal);
      if (later) later.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  #giveUp(failure: Pick<UpstreamFailure, 'reason'>): void {
    const call = this.#call;
    this.#end();
    if (call.status === 0) {
      this.#refuse(refuseFailure(failure));
      return;
    }
    // BEHAVIOURS 80: the client must see that the answer is not complete.
    this.#caller.cut();
    call.cutBy = 'upstream';
    runLog(call);
  }

  #decideRetry(failure: UpstreamFailure): RetryDecision {
    const { method, fields, status } = this.#call;
    const attempt = { method, hasBody: fields.hasBody, attemptsLeft: this.#attemptsLeft, answerBegan: status !== 0, failure };
    const decision = decideRetry(attempt);
    return decision.retry && !this.#targets.takeRetry() ? { retry: false, reason: 'budget-spent' } : decision;
  }

  /** @returns false: no target takes calls any more */
  #sendAgain(): boolean {
    this.#attemptsLeft--;
    this.#tried ??= [];
    this.#tried.push(this.#target as UpstreamTarget);
    const target = this.#targets.pickAgain(this.#call, this.#tried);
    if (target !== null) this.#send(target);
    return target !== null;
  }

  /** Nothing that still comes counts. */
  #end(): void {
    this.#over = true;
    if (this.#patience !== null) clearTimeout(this.#patience);
    if (this.#lasting) this.#longCalls.remove(this);
  }

  /** @throws TypeError where it has a field that no message may hold */
  #sendHead(head: UpstreamHead): void {
    this.#caller.sendHead(head.status, head.reason, composeAnswer(this.#call, this.#target as UpstreamTarget, head));
    this.#answerConnection = head.connection;
    this.#headSent = true;
  }

  /** @throws TypeError where it has a field that no message may hold */
  #sendWhole(head: UpstreamHead, body: string): void {
    this.#caller.sendWhole(head.status, head.reason, composeAnswer(this.#call, this.#target as UpstreamTarget, head), body);
    this.#end();
    runLog(this.#call);
  }

  /** The upstream sent a head that no message may hold, or a plugin broke. */
  #breakDown(error: Error): void {
    if (this.#over) return;
    this.#end();
    this.#upstream?.abort();
    this.#logger.error(
      { api: this.#call.apiId, correlationId: this.#call.correlationId, error: error.message },
      'An answer cannot be sent.',
    );
    this.#call.chain = NO_CHAIN;
    if (this.#headSent) {
      this.#caller.cut();
      this.#call.cutBy = 'upstream';
      runLog(this.#call);
    } else this.#refuse(REFUSALS.broken);
  }
}
