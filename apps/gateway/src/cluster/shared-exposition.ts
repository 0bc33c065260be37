import type { Registry } from 'prom-client';
import type { Logger } from '#process/logger.js';
import type { Exposition } from '../internal/metrics.controller.js';
import type { PrimaryChannel } from './primary-channel.js';

/** Longer than the primary waits for its workers (milliseconds). */
const ANSWER_MS = 5_000;

/** The metrics of all workers, which the primary puts together; it asks this process for its own. */
export class SharedExposition implements Exposition {
  readonly contentType: string;
  readonly #channel: Pick<PrimaryChannel, 'send' | 'on'>;
  readonly #asks = new Map<number, (text: string | null) => void>();
  #lastAsk = 0;

  /** @param own metrics of this process */
  constructor(channel: Pick<PrimaryChannel, 'send' | 'on'>, own: Registry, logger: Pick<Logger, 'error'>) {
    this.contentType = own.contentType;
    this.#channel = channel;
    channel.on('measure', ({ ask }) => {
      own.getMetricsAsJSON().then(
        (metrics) => channel.send({ kind: 'metrics', ask, metrics }),
        (error: unknown) => logger.error({ err: error }, 'The metrics of this worker could not be read'),
      );
    });
    channel.on('exposition', ({ ask, text }) => this.#asks.get(ask)?.(text));
  }

  /** @throws (rejects) where the primary cannot put them together, or does not answer in time */
  metrics(): Promise<string> {
    const ask = ++this.#lastAsk;
    return new Promise((resolve, reject) => {
      const end = (text: string | null): void => {
        clearTimeout(timer);
        this.#asks.delete(ask);
        if (text === null) reject(new Error('The primary process gives no metrics.'));
        else resolve(text);
      };
      const timer = setTimeout(() => end(null), ANSWER_MS);
      this.#asks.set(ask, end);
      void this.#channel.send({ kind: 'expose', ask });
    });
  }
}
