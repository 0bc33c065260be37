import { EventEmitter } from 'node:events';
import type { ToPrimary, ToWorker } from '../src/cluster/messages.js';

/** A worker process as the primary sees it. */
export class FakeWorker extends EventEmitter {
  readonly heard: ToWorker[] = [];
  /** What Node does with a message of its own. */
  readonly internal: unknown[] = [];
  /** Its event loop stands still. */
  hangs = false;
  readonly process = Object.assign(new EventEmitter(), {
    pid: 1 as number | undefined,
    connected: true,
    send: () => true,
    kill: () => this.die(),
  });

  constructor(readonly number: number) {
    super();
    this.process.on('internalMessage', (message) => this.internal.push(message));
  }

  isConnected(): boolean {
    return this.process.connected;
  }

  send(message: ToWorker): void {
    this.heard.push(message);
    if (message.kind === 'retire') this.die();
    if (message.kind === 'beat' && !this.hangs) this.say({ kind: 'alive' });
  }

  say(message: ToPrimary): void {
    this.emit('message', message);
  }

  die(): void {
    this.process.connected = false;
    this.emit('exit', null, 'SIGKILL');
  }
}
