import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestFieldNames } from '../headers/request-field.js';
import { firstField, type RequestFields, readRequestFields } from '../headers/request-fields.js';
import { writeFieldLines } from '../http1/field-lines.js';
import type { CallerListener, WebSocketOffer } from './caller.js';
import { FastCaller } from './fast/fast-caller.js';
import { watchLasting } from './lasting-calls.js';
import { UpgradeConnection } from './upgrade-connection.js';

/** A call that asks for a WebSocket. Any other answer than 101 is an ordinary one, and the last on its connection. */
export class UpgradeCaller extends FastCaller {
  readonly #connection: UpgradeConnection;

  /** @param unread what came behind the request */
  constructor(request: IncomingMessage, socket: Socket, unread: Buffer) {
    const connection = new UpgradeConnection(socket, unread);
    const { method, url, rawHeaders: fields } = request;
    const readFields = (names: RequestFieldNames): RequestFields => readRequestFields(fields, names);
    const field = (name: string): string | undefined => firstField(fields, name);
    super({ method: method as string, target: url as string, plainPathEnd: -1, fields, readFields, field, close: true }, connection);
    this.#connection = connection;
    connection.carry(() => this.listener);
  }

  override get webSocket(): WebSocketOffer {
    return this;
  }

  /** Its connection has no clock that would call `tick`, and an upstream may answer by a stream in place of a 101. */
  override listen(listener: CallerListener): void {
    const unwatch = watchLasting({
      onLasting: () => listener.onLasting(),
      onSecond: () => {
        if (this.finished || !this.#connection.open) unwatch();
      },
    });
    super.listen(listener);
  }

  accept(fields: readonly string[]): { readonly socket: Socket; readonly unread: Buffer } {
    const lines = writeFieldLines(fields);
    this.#connection.writeText(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${lines}\r\n`);
    this.release();
    return this.#connection.release();
  }
}
