import type { HealthCheck } from '#config/registry.js';
import type { UpstreamClient, UpstreamFailure } from '../upstream-client.js';
import type { TargetHealth } from './target-health.js';

/** A part of the interval, so that the checks of many gateways spread. */
const JITTER = 0.1;

export interface HealthListener {
  onChange(report: HealthReport): void;
  /** Each check that bears out what the target counts as. */
  onConfirmed(healthy: boolean): void;
}

export interface HealthReport {
  readonly healthy: boolean;
  /** What the last check found. */
  readonly finding: string;
}

/** Asks a target regularly whether it is well. One that was not asked yet counts as healthy. */
export class HealthChecks implements TargetHealth {
  healthy = true;
  readonly #settings: HealthCheck;
  readonly #client: UpstreamClient;
  readonly #listener: HealthListener;
  /** Checks in a row that speak against what it counts as. */
  #contrary = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  /** @param client of its own, whose time-outs are those of a check */
  constructor(settings: HealthCheck, client: UpstreamClient, listener: HealthListener) {
    this.#settings = settings;
    this.#client = client;
    this.#listener = listener;
    this.#check();
  }

  /** Milliseconds. */
  get interval(): number {
    return this.#settings.interval;
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    void this.#client.close();
  }

  #check(): void {
    const { path, timeout } = this.#settings;
    const end = (good: boolean, finding: string): void => {
      clearTimeout(patience);
      exchange.abort();
      this.#note(good, finding);
    };
    // The client's own time-outs are for each step; a check is one that is answered in time as a whole.
    const patience = setTimeout(() => end(false, 'no answer in time'), timeout).unref();
    const exchange = this.#client.open(
      { method: 'GET', target: path, lines: 'User-Agent: Gatehouse-Health-Check\r\nConnection: close\r\n', host: null, bodyLength: 0 },
      {
        onInformation: () => undefined,
        onHead: ({ status }) => end(this.#isExpected(status), `status ${status}`),
        onWhole: ({ status }) => end(this.#isExpected(status), `status ${status}`),
        onBodyPart: () => undefined,
        onSwitch: (_fields, socket) => socket.destroy(),
        onEnd: () => undefined,
        onFailure: ({ error, reason }: UpstreamFailure) => end(false, (error as NodeJS.ErrnoException).code ?? reason),
        onWritable: () => undefined,
      },
    );
  }

  #isExpected(status: number): boolean {
    const { expectedStatuses } = this.#settings;
    return expectedStatuses.length === 0 ? status >= 200 && status <= 299 : expectedStatuses.includes(status);
  }

  #note(good: boolean, finding: string): void {
    if (this.#stopped) return;
    const { healthyAfter, unhealthyAfter, interval } = this.#settings;
    this.#contrary = good === this.healthy ? 0 : this.#contrary + 1;
    if (this.#contrary >= (good ? healthyAfter : unhealthyAfter)) {
      this.healthy = good;
      this.#contrary = 0;
      this.#listener.onChange({ healthy: good, finding });
    }
    if (this.#contrary === 0) this.#listener.onConfirmed(this.healthy);
    const next = interval * (1 + JITTER * (2 * Math.random() - 1));
    this.#timer = setTimeout(() => this.#check(), next).unref();
  }
}
