import type { CallRecord } from '../call/call-record.js';
import type { CallMetrics } from './call-metrics.js';

/** Is told when a call begins and ends, and tells whoever keeps a record of calls. Nothing here may throw: the call is over. */
export class CallRecorder {
  constructor(private readonly metrics: CallMetrics) {}

  begin(): void {
    this.metrics.begin();
  }

  end(call: CallRecord): void {
    this.metrics.end(call, performance.now());
  }

  /** An attempt at an upstream failed. @param retried whether another one follows */
  upstreamFailed(call: CallRecord, reason: string, retried: boolean): void {
    this.metrics.upstreamFailed(call, reason, retried);
  }
}
