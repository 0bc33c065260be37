import { AggregatorRegistry } from 'prom-client';
import type { Logger } from '#process/logger.js';
import type { ProcessMetrics, ToPrimary, ToWorker } from './messages.js';

/** Workers that have not answered by then are left out (milliseconds). */
const ANSWER_MS = 2_000;

export interface MeasuredWorkers {
  /** Asks those that serve. @returns how many these are: one that starts has nothing to add, and might be taken for one that has */
  ask(message: ToWorker): number;
}

interface Collection {
  readonly wanted: number;
  readonly parts: ProcessMetrics[];
  finish(): void;
}

/** Metrics of all workers as one exposition; each metric says how its values are combined. */
export class MetricsCollection {
  readonly #workers: MeasuredWorkers;
  readonly #logger: Pick<Logger, 'error'>;
  readonly #open = new Map<number, Collection>();
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
    const parts: ProcessMetrics[] = [];
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ANSWER_MS);
      const finish = (): void => {
        clearTimeout(timer);
        done();
      };
      const wanted = this.#workers.ask({ kind: 'measure', ask });
      this.#open.set(ask, { wanted, parts, finish });
    });
    this.#open.delete(ask);
    // prom-client wants arrays that it may change.
    return AggregatorRegistry.aggregate(parts.map((metrics) => [...metrics])).metrics();
  }

  take({ ask, metrics }: Extract<ToPrimary, { kind: 'metrics' }>): void {
    const collection = this.#open.get(ask);
    if (collection === undefined) return;
    collection.parts.push(metrics);
    if (collection.parts.length >= collection.wanted) collection.finish();
  }
}
