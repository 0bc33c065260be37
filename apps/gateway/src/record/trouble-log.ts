import type { Logger } from '#process/logger.js';
import type { CallRecord } from '../call/call-record.js';
import { maskCredentials } from './masked-text.js';

/** Warns of slow calls, and of calls that the gateway failed. */
export class TroubleLog {
  /** @param threshold milliseconds after which a call without an answer is slow */
  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly threshold: number,
  ) {}

  /** @param endedAt on the clock of `performance.now()` */
  end(call: CallRecord, endedAt: number): void {
    // Until the head: the body of a long answer or of an event stream says nothing about slowness.
    const waited = (call.answeredAt || endedAt) - call.startedAt;
    if (waited >= this.threshold) this.logger.warn(describe(call, endedAt), 'A call was slow.');
    else if (call.status >= 500 && call.ownAnswer !== '') this.logger.warn(describe(call, endedAt), 'A call failed.');
    else if (call.cutBy === 'upstream') this.logger.warn(describe(call, endedAt), 'The answer to a call broke off.');
  }
}

function describe(call: CallRecord, endedAt: number): object {
  return {
    correlationId: maskCredentials(call.correlationId),
    api: call.route?.api.id,
    route: call.route?.series.label,
    plan: call.credential?.facts.planId,
    application: call.credential?.facts.applicationId,
    method: call.method,
    status: call.status,
    reason: call.ownAnswer === '' ? undefined : call.ownAnswer,
    durationMs: Math.round(endedAt - call.startedAt),
    ownMs: Math.round((call.upstreamAt || endedAt) - call.startedAt),
    upstreamMs: call.upstreamAt === 0 ? undefined : Math.round((call.answeredAt || endedAt) - call.upstreamAt),
  };
}
