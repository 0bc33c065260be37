/** Connections that were used once and are kept open: what they hold in memory. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { memoryOf } from '../measure.mjs';
import { startGatehouse } from '../peers/gatehouse.mjs';
import { startNginxProxy, startUpstream } from '../peers/nginx.mjs';
import { formatTable } from '../summary.mjs';

const CONNECTIONS = 2_000;
const AT_ONCE = 50;
const COLUMNS = {
  contender: (row) => row.name,
  'memory before, MB': (row) => row.before.toFixed(0),
  [`with ${CONNECTIONS} idle connections, MB`]: (row) => row.with.toFixed(0),
  'added, MB': (row) => (row.with - row.before).toFixed(0),
};

async function openIdle(url, count) {
  const { port, pathname } = new URL(url);
  const sockets = [];
  while (sockets.length < count) {
    sockets.push(
      ...(await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          const socket = connect(Number(port), '127.0.0.1');
          socket.write(`GET ${pathname} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
          await once(socket, 'data');
          return socket;
        }),
      )),
    );
  }
  return sockets;
}

export async function idle(folder) {
  const upstream = await startUpstream(folder);
  const contenders = [
    await startNginxProxy(folder, upstream.url),
    await startGatehouse(folder, upstream.url, { name: 'Gatehouse', path: '/open/1' }),
  ];
  const rows = [];
  for (const { name, pid, url } of contenders) {
    // What the first calls load is not what idle connections hold.
    for (const socket of await openIdle(url, 4 * AT_ONCE)) socket.destroy();
    await new Promise((done) => setTimeout(done, 2_000));
    const before = memoryOf(pid).now;
    const sockets = await openIdle(url, CONNECTIONS);
    await new Promise((done) => setTimeout(done, 5_000));
    rows.push({ name, before, with: memoryOf(pid).now });
    for (const socket of sockets) socket.destroy();
  }
  return formatTable(rows, COLUMNS);
}
