import { EventEmitter, once } from 'node:events';
import type { ToPrimary, ToWorker } from './messages.js';

type Message<Kind extends ToWorker['kind']> = Extract<ToWorker, { kind: Kind }>;
type Events = { [Kind in ToWorker['kind']]: [Message<Kind>] };

/** The process, as far as it speaks with the one that started it. */
export interface ParentPort {
  readonly connected: boolean;
  on(event: 'message', listener: (message: ToWorker) => void): unknown;
  /** Missing where no process started this one to speak with it. */
  send?(message: ToPrimary, handle: undefined, options: undefined, sent: () => void): unknown;
}

/** A worker's way to speak with its primary. */
export class PrimaryChannel {
  readonly #port: ParentPort;
  readonly #events = new EventEmitter<Events>();

  constructor(port: ParentPort = process) {
    this.#port = port;
    port.on('message', (message) => {
      this.#events.emit(message.kind, message as never);
    });
    this.on('beat', () => void this.send({ kind: 'alive' }));
  }

  /** Asks for what a worker starts with, and waits until it has come, to who listens: a `config` may come unasked, the last message does not. */
  async greet(): Promise<void> {
    const answer = once(this.#events, 'public-port');
    await this.send({ kind: 'hello' });
    await answer;
  }

  on<Kind extends ToWorker['kind']>(kind: Kind, listener: (message: Message<Kind>) => void): void {
    this.#events.on(kind, listener as never);
  }

  /** Resolves once it is on its way. A primary that is gone is not told: this process ends with it. */
  send(message: ToPrimary): Promise<void> {
    return new Promise((done) => {
      if (!this.#port.connected) done();
      else this.#port.send?.(message, undefined, undefined, () => done());
    });
  }
}
