import { AggregatorRegistry } from 'prom-client';
import type { Logger } from '#process/logger.js';
import { countsOf, EndedCounts } from './ended-counts.js';
import type { ProcessMetrics, ToPrimary, ToWorker } from './messages.js';

/** Of workers that have not answered by then their last counts are told (milliseconds). */
const ANSWER_MS = 2_000;

export interface MeasuredWorkers {
  /** Asks those that serve. @returns these: one that starts has nothing to add, and might be taken for one that has */
  ask(message: ToWorker): readonly object[];
}

interface Collection {
  readonly missing: Set<object>;
  finish(): void;
}

/** What a worker told of itself at last, and which question that answered. */
interface Report {
  readonly ask: number;
  readonly metrics: ProcessMetrics;
}

/** Metrics of all workers as one exposition; each metric says how its values are combined. */
export class MetricsCollection {
  readonly #workers: MeasuredWorkers;
  readonly #logger: Pick<Logger, 'error'>;
  readonly #open = new Map<number, Collection>();
  /** Of those that live. Always in the same order: sums of fractions in another one might be less by a hair. */
  readonly #reports = new Map<object, Report>();
  readonly #ended = new EndedCounts();
  readonly #gone = new WeakSet<object>();
  #lastAsk = 0;

  constructor(workers: MeasuredWorkers, logger: Pick<Logger, 'error'>) {
    this.#workers = workers;
    this.#logger = logger;
  }

  /** Answers a worker that asks for the exposition of all. */
  async expose(ask: number, reply: (message: ToWorker) => void): Promise<void> {
    const text = await this.#collect().catch((error: unknown) => {
      this.#logger.error({ err: error }, 'The metrics of the workers could not be put together');
      return null;
    });
    reply({ kind: 'exposition', ask, text });
  }

  async #collect(): Promise<string> {
    const ask = ++this.#lastAsk;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ANSWER_MS);
      const finish = (): void => {
        clearTimeout(timer);
        done();
      };
      this.#open.set(ask, { missing: new Set(this.#workers.ask({ kind: 'measure', ask })), finish });
    });
    this.#open.delete(ask);
    const parts = Array.from(this.#reports.values(), (report) => (report.ask >= ask ? report.metrics : countsOf(report.metrics)));
    // prom-client wants arrays that it may change.
    return AggregatorRegistry.aggregate([...parts, this.#ended.metrics].map((metrics) => [...metrics])).metrics();
  }

  take(worker: object, { ask, metrics }: Extract<ToPrimary, { kind: 'metrics' }>): void {
    // What it sent before it ended may be read after. It was counted as far as it had told.
    if (this.#gone.has(worker)) return;
    if (ask >= (this.#reports.get(worker)?.ask ?? 0)) this.#reports.set(worker, { ask, metrics });
    this.#expectNoMore(worker, ask);
  }

  /** What a worker counted stays in the sums, up to what it told at last. */
  end(worker: object): void {
    this.#gone.add(worker);
    this.#ended.add(this.#reports.get(worker)?.metrics ?? []);
    this.#reports.delete(worker);
    for (const ask of this.#open.keys()) this.#expectNoMore(worker, ask);
  }

  #expectNoMore(worker: object, ask: number): void {
    const collection = this.#open.get(ask);
    if (collection?.missing.delete(worker) && collection.missing.size === 0) collection.finish();
  }
}
