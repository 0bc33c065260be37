import type { CallRecord } from '../call/call-record.js';
import type { CallMetrics } from '../metrics/call-metrics.js';
import type { LogAccess } from './access-log.js';
import type { TroubleLog } from './trouble-log.js';

/** Is told when a call begins and ends, and tells whoever keeps a record of calls. Nothing here may throw: the call is over. */
export class CallRecorder {
  constructor(
    private readonly metrics: CallMetrics,
    private readonly trouble: TroubleLog,
    /** null: no access log. */
    private readonly logAccess: LogAccess | null,
  ) {}

  begin(): void {
    this.metrics.begin();
  }

  end(call: CallRecord): void {
    const now = performance.now();
    this.metrics.end(call, now);
    this.trouble.end(call, now);
    if (this.logAccess !== null) this.logAccess(call, now);
  }

  /** An attempt at an upstream failed. @param retried whether another one follows */
  upstreamFailed(call: CallRecord, reason: string, retried: boolean): void {
    this.metrics.upstreamFailed(call, reason, retried);
  }
}
