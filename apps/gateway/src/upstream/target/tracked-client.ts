import type { Socket } from 'node:net';
import type {
  PoolCounts,
  UpstreamClient,
  UpstreamExchange,
  UpstreamFailure,
  UpstreamHead,
  UpstreamListener,
  UpstreamRequest,
} from '../upstream-client.js';
import type { TargetState } from './target-state.js';

/** A target's client that keeps account of its calls, for the choice of targets and the circuit breaker. */
export class TrackedClient implements UpstreamClient {
  readonly #client: UpstreamClient;
  readonly #state: TargetState;
  readonly #failureStatuses: readonly number[];

  constructor(client: UpstreamClient, state: TargetState, failureStatuses: readonly number[]) {
    this.#client = client;
    this.#state = state;
    this.#failureStatuses = failureStatuses;
  }

  get counts(): PoolCounts {
    return this.#client.counts;
  }

  open(request: UpstreamRequest, listener: UpstreamListener): UpstreamExchange {
    const tracked = new TrackedExchange(this.#state, this.#failureStatuses, listener);
    tracked.begin(this.#client.open(request, tracked));
    return tracked;
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Stands between an exchange and its listener. */
class TrackedExchange implements UpstreamExchange, UpstreamListener {
  readonly #state: TargetState;
  readonly #failureStatuses: readonly number[];
  readonly #listener: UpstreamListener;
  #exchange: UpstreamExchange | null = null;
  #probe = 0;
  /** Whether the breaker was told. */
  #judged = false;
  #over = false;

  constructor(state: TargetState, failureStatuses: readonly number[], listener: UpstreamListener) {
    this.#state = state;
    this.#failureStatuses = failureStatuses;
    this.#listener = listener;
  }

  begin(exchange: UpstreamExchange): void {
    this.#exchange = exchange;
    this.#state.inHand++;
    this.#probe = this.#state.breaker?.begin() ?? 0;
  }

  write(part: Buffer): boolean {
    return this.#exchange === null || this.#exchange.write(part);
  }

  end(trailers?: readonly string[]): void {
    this.#exchange?.end(trailers);
  }

  pause(): void {
    this.#exchange?.pause();
  }

  resume(): void {
    this.#exchange?.resume();
  }

  abort(): void {
    this.#exchange?.abort();
    this.#judge(null);
    this.#finish();
  }

  onInformation(status: number, fields: string[]): void {
    this.#listener.onInformation(status, fields);
  }

  onHead(head: UpstreamHead): void {
    this.#judge(!this.#failureStatuses.includes(head.status));
    this.#listener.onHead(head);
  }

  onWhole(head: UpstreamHead, body: string): void {
    this.#judge(!this.#failureStatuses.includes(head.status));
    this.#finish();
    this.#listener.onWhole(head, body);
  }

  onBodyPart(part: Buffer): void {
    this.#listener.onBodyPart(part);
  }

  get keepsParts(): boolean {
    return this.#listener.keepsParts !== false;
  }

  /** A WebSocket is in hand for as long as its connection lasts. */
  onSwitch(fields: string[], socket: Socket, unread: Buffer): void {
    this.#judge(true);
    socket.once('close', () => this.#finish());
    this.#listener.onSwitch(fields, socket, unread);
  }

  onEnd(trailers: string[]): void {
    this.#finish();
    this.#listener.onEnd(trailers);
  }

  onFailure(failure: UpstreamFailure): void {
    this.#judge(failure.reason === 'busy' ? null : false);
    this.#finish();
    this.#listener.onFailure(failure);
  }

  onWritable(): void {
    this.#listener.onWritable();
  }

  #judge(success: boolean | null): void {
    if (this.#judged) return;
    this.#judged = true;
    this.#state.breaker?.end(this.#probe, success);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#state.inHand--;
  }
}
