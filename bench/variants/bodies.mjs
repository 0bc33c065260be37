/** Large bodies each way: megabytes a second, CPU per megabyte, and the most memory held meanwhile. */
import { compare } from '../compare.mjs';
import { openLoad, tokenLoad } from '../load.mjs';
import { forgetPeak, memoryOf } from '../measure.mjs';
import { startGatehouse } from '../peers/gatehouse.mjs';
import { startFiles, startNginxProxy } from '../peers/nginx.mjs';
import { startSink } from '../peers/sink.mjs';
import { formatTable } from '../summary.mjs';

const CONNECTIONS = 4;
/** wrk counts whole bodies alone: of large ones, enough must come to their end. */
const LARGE = { bytes: 10_000_000, seconds: 6 };
const COLUMNS = {
  contender: (row) => row.name,
  ...columnsOf('down'),
  ...columnsOf('up'),
  'memory before, MB': (row) => row.before.toFixed(0),
  'at most, MB': (row) => row.peak.toFixed(0),
};

/** Those of one way; ratios are to nginx. */
function columnsOf(way) {
  return {
    [`MB/s ${way}`]: (row) => row[way].rate.toFixed(0),
    [`× nginx, MB/s ${way}`]: (row) => row[way].rateRatio.toFixed(2),
    [`CPU µs per MB ${way}`]: (row) => row[way].cpu.toFixed(0),
    [`× nginx, CPU ${way}`]: (row) => row[way].cpuRatio.toFixed(2),
  };
}

/** @param bytes size of each body */
export const bodies = (bytes) =>
  async function measureBodies(folder, { rounds, seconds }) {
    const files = await startFiles(folder, bytes);
    const sink = await startSink();
    const gatehouse = await startGatehouse(folder, files.url, { path: '/orders/body', env: { SINK_URL: sink.url } });
    const upload = tokenLoad(folder, gatehouse.tokensFile, bytes);
    const contenders = [
      {
        name: 'nginx proxy_pass',
        down: { ...(await startNginxProxy(folder, files.url, '/orders/body')), load: openLoad(folder) },
        up: { ...(await startNginxProxy(folder, sink.url)), load: upload },
      },
      {
        name: 'Gatehouse',
        down: { ...gatehouse, load: tokenLoad(folder, gatehouse.tokensFile) },
        up: { ...gatehouse, url: gatehouse.url.replace('/orders/body', '/sink/1'), load: upload },
      },
    ];
    const memory = contenders.map(({ down, up }) => watchMemory([down.pid, up.pid]));

    const options = { rounds, seconds: bytes > LARGE.bytes ? Math.max(seconds, LARGE.seconds) : seconds, connections: CONNECTIONS };
    const results = {};
    for (const way of ['down', 'up']) {
      console.log(`${bytes / 1e6} MB ${way}, on ${CONNECTIONS} connections:`);
      const rows = await compare(
        contenders.map((contender) => ({ ...contender[way], name: contender.name })),
        options,
      );
      results[way] = rows.map((row) => perMegabyte(row, bytes / 1e6));
    }
    const rows = contenders.map(({ name }, i) => ({ name, down: results.down[i], up: results.up[i], ...memory[i]() }));
    return formatTable(rows, COLUMNS);
  };

function perMegabyte({ callsPerSecond, callsRatio, cpuMicros, ratio }, megabytes) {
  return { rate: callsPerSecond * megabytes, rateRatio: callsRatio, cpu: cpuMicros / megabytes, cpuRatio: ratio };
}

/** @returns a function that says what the processes held, and the most that one of them held since */
function watchMemory(pids) {
  const before = Math.max(...pids.map((pid) => memoryOf(pid).now));
  for (const pid of pids) forgetPeak(pid);
  return () => ({ before, peak: Math.max(...pids.map((pid) => memoryOf(pid).peak)) });
}
