/**
 * What is kept of calls: metrics, access log, warnings, traces. Flow: `call-recorder.ts` is told when a call begins and ends → each keeper.
 * On the way of a call nothing is waited for. Knows calls by `call/call-record.ts` alone.
 */
import type { RegistrySnapshot } from '#config/registry.js';
import type { TracingSettings } from '#process/environment.js';
import type { Logger } from '#process/logger.js';
import { CallMetrics } from '../metrics/call-metrics.js';
import { counter, type Metric, only } from '../metrics/metric.js';
import { Tracing } from '../tracing/tracing.js';
import { AccessLog } from './access-log.js';
import { type BoundedLogger, boundLogger } from './bounded-logger.js';
import { CallRecorder } from './call-recorder.js';
import { TroubleLog } from './trouble-log.js';

/** The keepers of records: they outlive the config, which says how they keep them. */
export class CallRecords {
  readonly calls = new CallMetrics();
  readonly #tracing = new Tracing();
  readonly #bounded: BoundedLogger;
  readonly #accessLog: AccessLog;

  constructor(logger: Logger) {
    this.#bounded = boundLogger(logger);
    this.#accessLog = new AccessLog(logger);
  }

  /** @param settings null: no traces */
  async open(settings: TracingSettings | null): Promise<void> {
    if (settings !== null) await this.#tracing.open(settings);
  }

  /** For what may happen in every call. */
  get logger(): Logger {
    return this.#bounded.logger;
  }

  compile({ accessLog, slowCallThreshold }: RegistrySnapshot): CallRecorder {
    return new CallRecorder(this.calls, new TroubleLog(this.logger, slowCallThreshold), this.#accessLog.compile(accessLog), this.#tracing);
  }

  metrics(): Metric[] {
    return [
      ...this.calls.metrics(),
      ...this.#accessLog.metrics(),
      counter(
        'gatehouse_gateway_suppressed_log_lines_total',
        'Warnings and errors about calls that were left out of the log because there were too many.',
        () => only(this.#bounded.suppressed),
      ),
    ];
  }

  /** Writes and sends what is left. */
  async close(): Promise<void> {
    await Promise.all([this.#accessLog.close(), this.#tracing.close()]);
  }
}
