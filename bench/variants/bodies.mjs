/** Large bodies each way: megabytes a second, CPU per megabyte, and the most memory held meanwhile. */
import { openLoad, tokenLoad } from '../load.mjs';
import { forgetPeak, measure, memoryOf } from '../measure.mjs';
import { startGatehouse } from '../peers/gatehouse.mjs';
import { startFiles, startNginxProxy } from '../peers/nginx.mjs';
import { startSink } from '../peers/sink.mjs';
import { formatTable } from '../summary.mjs';

const CONNECTIONS = 4;
const COLUMNS = {
  contender: (row) => row.name,
  'MB/s down': (row) => row.down.rate.toFixed(0),
  'CPU µs per MB': (row) => row.down.cpu.toFixed(0),
  'MB/s up': (row) => row.up.rate.toFixed(0),
  'CPU µs per MB up': (row) => row.up.cpu.toFixed(0),
  'memory before, MB': (row) => row.before.toFixed(0),
  'at most, MB': (row) => row.peak.toFixed(0),
};

/** @param bytes size of each body */
export const bodies = (bytes) =>
  async function measureBodies(folder, { rounds, seconds }) {
    const files = await startFiles(folder, bytes);
    const sink = await startSink();
    const gatehouse = await startGatehouse(folder, files.url, { path: '/orders/body', env: { SINK_URL: sink.url } });
    const contenders = [
      {
        name: 'nginx proxy_pass',
        down: await startNginxProxy(folder, files.url, '/orders/body'),
        up: await startNginxProxy(folder, sink.url),
      },
      { name: 'Gatehouse', down: gatehouse, up: { ...gatehouse, url: gatehouse.url.replace('/orders/body', '/sink/1') } },
    ];
    const load = { down: openLoad(folder), up: tokenLoad(folder, gatehouse.tokensFile, bytes) };
    const rows = [];
    const options = { seconds: Math.max(seconds, bytes > 10_000_000 ? 10 : 4), connections: CONNECTIONS };
    for (const contender of contenders) {
      const before = memoryOf(contender.down.pid).now;
      const best = {};
      for (const way of ['down', 'up']) {
        const target = contender[way];
        const script = way === 'down' && target.tokensFile ? tokenLoad(folder, target.tokensFile) : load[way];
        await measure(target, { ...options, seconds: 3 }, script);
        forgetPeak(target.pid);
        const results = [];
        for (let round = 0; round < Math.min(rounds, 3); round++) results.push(await measure(target, options, script));
        const megabytes = bytes / 1e6;
        best[way] = {
          rate: Math.max(...results.map((result) => result.callsPerSecond)) * megabytes,
          cpu: Math.min(...results.map((result) => result.cpuMicros)) / megabytes,
          peak: memoryOf(target.pid).peak,
        };
      }
      rows.push({ name: contender.name, ...best, before, peak: Math.max(best.down.peak, best.up.peak) });
    }
    return formatTable(rows, COLUMNS);
  };
