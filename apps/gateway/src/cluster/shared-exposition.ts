import type { Registry } from 'prom-client';
import type { Exposition } from '../internal/metrics.controller.js';
import type { PrimaryChannel } from './primary-channel.js';

/** The metrics of all workers, which the primary puts together; it asks this process for its own. */
export class SharedExposition implements Exposition {
  readonly contentType: string;
  readonly #channel: PrimaryChannel;
  readonly #asks = new Map<number, (text: string) => void>();
  #lastAsk = 0;

  /** @param own metrics of this process */
  constructor(channel: PrimaryChannel, own: Registry) {
    this.contentType = own.contentType;
    this.#channel = channel;
    channel.on('measure', ({ ask }) => {
      void own.getMetricsAsJSON().then((metrics) => channel.send({ kind: 'metrics', ask, metrics }));
    });
    channel.on('exposition', ({ ask, text }) => {
      this.#asks.get(ask)?.(text);
      this.#asks.delete(ask);
    });
  }

  metrics(): Promise<string> {
    const ask = ++this.#lastAsk;
    return new Promise((done) => {
      this.#asks.set(ask, done);
      void this.#channel.send({ kind: 'expose', ask });
    });
  }
}
