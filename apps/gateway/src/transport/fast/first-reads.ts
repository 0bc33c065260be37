/**
 * What a socket brings is offered here before its stream takes note of it. A stream that hands each chunk on does so at the price of
 * a turn of its own, in which it asks itself whether to read further: a sixth of what a call costs outside the kernel. Whatever is not
 * taken here goes to the stream, which knows how to hold it back, and `data` tells of it.
 */
import type { Socket } from 'node:net';

const NOTHING = Buffer.alloc(0);

/**
 * Offers to `take` what comes on a socket that flows, as long as nothing waits in its stream.
 * @param take returns whether it took the bytes
 * @returns ends it; afterwards the socket is as if it had never been
 */
export function offerReads(socket: Socket, take: (bytes: Buffer) => boolean): () => void {
  const { push } = socket;
  const offer = (chunk: Buffer | null, encoding?: BufferEncoding): boolean =>
    (chunk !== null && socket.readableLength === 0 && take(chunk)) || push.call(socket, chunk, encoding);
  socket.push = offer;
  return () => {
    if (socket.push !== offer) return;
    socket.push = push;
    // To the stream, what was taken is still being read: this ends it (Node.js, `readable.push('')`).
    if (!socket.destroyed && !socket.readableEnded) push.call(socket, NOTHING);
  };
}
