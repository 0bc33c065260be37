import { performance } from 'node:perf_hooks';
import type { CallRecord } from '../call/call-record.js';
import type { RequestFields } from '../headers/request-fields.js';
import type { CallMetrics } from '../metrics/call-metrics.js';
import type { CallTrace } from '../tracing/call-trace.js';
import type { Tracing } from '../tracing/tracing.js';
import type { RetryDecision } from '../upstream/retry-decision.js';
import type { LogAccess } from './access-log.js';
import type { TroubleLog } from './trouble-log.js';

/** Is told when a call begins and ends, and tells whoever keeps a record of calls. Nothing here may throw: the call is over. */
export class CallRecorder {
  constructor(
    private readonly metrics: CallMetrics,
    private readonly trouble: TroubleLog,
    /** null: no access log. */
    private readonly logAccess: LogAccess | null,
    private readonly tracing: Tracing,
  ) {}

  /** @returns null: calls are not traced */
  begin(method: string, fields: RequestFields): CallTrace | null {
    this.metrics.begin();
    return this.tracing.begin === null ? null : this.tracing.begin(method, fields);
  }

  end(call: CallRecord): void {
    const now = performance.now();
    this.metrics.end(call, now);
    this.trouble.end(call, now);
    if (this.logAccess !== null) this.logAccess(call, now);
    if (call.trace !== null) call.trace.end(call);
  }

  /** A request that became no call was answered. */
  refused(request: CallRecord): void {
    this.metrics.begin();
    this.end(request);
  }

  /** An attempt at an upstream failed. @param then another one follows, or why none does */
  upstreamFailed(call: CallRecord, reason: string, then: 'retried' | RetryDecision['reason']): void {
    this.metrics.upstreamFailed(call, reason, then);
  }
}
