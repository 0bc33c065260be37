import type { AccessLogSettings } from '#config/registry.js';
import type { Logger } from '#process/logger.js';
import type { CallRecord } from '../call/call-record.js';
import { counter, type Metric, only } from '../metrics/metric.js';
import { compileAccessLine } from './access-line.js';
import { LineBatches } from './line-batches.js';
import { LineDestination } from './line-destination.js';

/** How long a stop waits until what was recorded is written, in milliseconds. */
const CLOSE_MS = 2_000;
/** Lost batches are told at most once in so many milliseconds. */
const TELL_MS = 10_000;

/** Writes a call, where it is among those that get a line. @param endedAt on the clock of `performance.now()` */
export type LogAccess = (call: CallRecord, endedAt: number) => void;

/** The log of calls. Its settings follow the config; a destination that stays the same stays open. */
export class AccessLog {
  readonly #logger: Pick<Logger, 'warn' | 'error'>;
  #file: string | null = null;
  #batches: LineBatches | null = null;
  #written = 0;
  #dropped = 0;
  #droppedBatches = 0;
  #untold = 0;
  #tellAt = 0;

  constructor(logger: Pick<Logger, 'warn' | 'error'>) {
    this.#logger = logger;
  }

  /** @param settings null: no log. @returns null: nothing is to be written */
  compile(settings: AccessLogSettings | null): LogAccess | null {
    this.#open(settings);
    if (settings === null) return null;
    const { sample, slowerThan } = settings;
    const writeLine = compileAccessLine(settings.fields);
    return (call, endedAt) => {
      const failed = call.status >= 500 || call.cutBy !== '';
      if (!failed && sample < 1 && Math.random() >= sample && endedAt - call.startedAt < slowerThan) return;
      this.#written++;
      // Where lines go now: a call may end after its config went out of force.
      this.#batches?.add(writeLine(call, endedAt));
    };
  }

  /** Writes what there is. */
  async close(): Promise<void> {
    await this.#batches?.close(CLOSE_MS, 'the gateway stops');
    this.#batches = null;
  }

  metrics(): Metric[] {
    return [
      counter('gatehouse_gateway_access_log_lines_total', 'Lines of the access log.', () => only(this.#written)),
      counter('gatehouse_gateway_access_log_dropped_lines_total', 'Lines of the access log that were lost.', () => only(this.#dropped)),
      counter('gatehouse_gateway_access_log_dropped_batches_total', 'Batches of lines of the access log that were lost.', () =>
        only(this.#droppedBatches),
      ),
    ];
  }

  #open(settings: AccessLogSettings | null): void {
    if (this.#batches !== null && settings !== null && settings.file === this.#file) return;
    void this.#batches?.close(CLOSE_MS, 'accessLog was changed');
    this.#batches = null;
    if (settings === null) return;
    try {
      this.#file = settings.file;
      this.#batches = new LineBatches(new LineDestination(settings.file), {
        onDropped: (lines, why) => this.#countDropped(lines, why),
        onCloseFailed: (error) => this.#tellUnclosed(settings.file, error),
      });
    } catch (error) {
      this.#logger.error(
        { file: settings.file, error: (error as Error).message },
        'The access log cannot be opened, and is not written: let this user write the file, or name another as accessLog.file.',
      );
    }
  }

  #tellUnclosed(file: string | null, error: Error): void {
    this.#logger.warn({ file, error: error.message }, 'The access log could not be closed: its last lines may be lost.');
  }

  #countDropped(lines: number, why: string): void {
    this.#dropped += lines;
    this.#droppedBatches++;
    this.#untold += lines;
    if (Date.now() < this.#tellAt) return;
    this.#tellAt = Date.now() + TELL_MS;
    this.#logger.warn({ lines: this.#untold, why }, 'Lines of the access log are lost.');
    this.#untold = 0;
  }
}
