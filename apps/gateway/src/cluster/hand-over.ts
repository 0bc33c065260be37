/**
 * Connections on their way to a worker. Node's primary sends each with a message, keeps its own copy until the worker has confirmed,
 * and then closes it. Where the worker dies before, Node forgets the copy without closing it: the client waits for ever. Here such a
 * connection is answered for as refused by the worker, upon which Node gives it to another one. Nothing of it was read, since a worker
 * confirms before it reads.
 */
import type { Worker } from 'node:cluster';

/** A message of Node's own, between `node:cluster` in the primary and in a worker. */
interface ClusterMessage {
  readonly cmd?: string;
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}

interface Closable {
  close(): void;
}

/** The part of a worker that hands connections over. */
export type HandingWorker = Pick<Worker, 'once'> & {
  readonly process: Pick<Worker['process'], 'send' | 'on' | 'once' | 'emit' | 'connected'>;
};

/** @param othersServe whether another worker can take a connection; else it is closed */
export function rescueHandOvers(worker: HandingWorker, othersServe: () => boolean): void {
  const child = worker.process;
  const onTheWay = new Map<number, Closable>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]): boolean => {
    const [message, handle] = args as [ClusterMessage, Closable | undefined];
    if (message.cmd === 'NODE_CLUSTER' && message.act === 'newconn' && message.seq !== undefined && handle)
      onTheWay.set(message.seq, handle);
    return send(...args);
  };
  child.on('internalMessage' as never, ({ cmd, ack }: ClusterMessage) => {
    if (cmd === 'NODE_CLUSTER' && ack !== undefined) onTheWay.delete(ack);
  });
  const rescue = (): void => {
    // What it sent while it lived may say that it has taken them.
    if (child.connected) setImmediate(rescue);
    else if (onTheWay.size > 0) {
      // Node waits with this for confirmations that no longer come, and gives a dead worker connections until then.
      child.emit('disconnect');
      for (const [ack, handle] of [...onTheWay]) {
        if (othersServe()) child.emit('internalMessage' as never, { cmd: 'NODE_CLUSTER', ack, accepted: false } as never);
        else handle.close();
      }
    }
  };
  worker.once('exit', rescue);
}
