import type { IncomingMessage } from 'node:http';

/** Bytes that a request of ours may have. */
const LIMIT = 64 * 1024;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

export type RequestBody =
  | { readonly read: true; readonly text: string; readonly mediaType: string }
  | { readonly read: false; readonly reason: 'too-large' | 'not-utf8' | 'encoded' };

/** Reads a body as UTF-8 text. @throws Error when the client breaks off */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return { read: false, reason: 'encoded' };
  const { chunks, size } = await readChunks(request);
  if (size > LIMIT) return { read: false, reason: 'too-large' };
  try {
    return { read: true, text: UTF8.decode(Buffer.concat(chunks)), mediaType };
  } catch {
    return { read: false, reason: 'not-utf8' };
  }
}

/** What is over the limit is read on and thrown away, so that the answer reaches whoever sends it; far over it, no longer. */
function readChunks(request: IncomingMessage): Promise<{ chunks: Buffer[]; size: number }> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LIMIT) chunks.push(chunk);
      else if (size > 16 * LIMIT) {
        request.pause();
        done({ chunks, size });
      }
    });
    request.once('end', () => done({ chunks, size }));
    request.once('error', failed);
    request.once('close', () => failed(new Error('The client broke off')));
  });
}
