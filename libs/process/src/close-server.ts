import type { Server } from 'node:http';

/** What a stopping app grants to requests in flight. */
const BUDGET_MS = 10_000;

/** Stops accepting, lets requests in flight finish (10 s at most; then their connections are cut), and resolves. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), BUDGET_MS);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}
