/**
 * GETs at a steady rate over kept connections, whatever becomes of the calls before. A call's time counts from the moment it was due,
 * not from when it was sent: where answers are slow, calls that had to wait for a connection say so.
 *
 *   node open-loop.mjs <url> <calls a second> <seconds> <connections> <file of tokens>
 *
 * Prints JSON: calls a second, and milliseconds at p50, p90 and p99.
 *
 * Pace: Node's timers are 1 ms apart, which would send calls in bursts that wait for each other; turning without a rest would keep the upstream, which
 * shares the core, from it. So between two looks at its sockets the process asks to sleep for 50 µs, which takes about 0.1 ms, then sends what is due: at
 * 20,000 calls a second, two. Answers are noticed as late as that, whoever gave them.
 */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { percentile } from './faults/soak-figures.mjs';

const SLEEP_MS = 0.05;
/** Not counted: this process's own compilers work then, too. */
const WARM_UP_SECONDS = 1;
/** How long the last answers may take. */
const LATEST_MS = 5_000;

const [url, rate, seconds, connections, tokensFile] = process.argv.slice(2);
const { host, hostname, port, pathname } = new URL(url);
const requests = readFileSync(tokensFile, 'utf8')
  .split('\n')
  .map((token) =>
    Buffer.from(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nAccept: application/json\r\n\r\n`),
  );
const uncounted = Math.round(rate * WARM_UP_SECONDS);
const times = new Float64Array(uncounted + Math.round(rate * seconds));
const bell = new Int32Array(new SharedArrayBuffer(4));
const idle = [];
let begun = 0;
let sent = 0;
let answered = 0;

function fail(reason) {
  console.error(`${reason} at ${url} after ${answered} of ${times.length} calls`);
  process.exit(1);
}

/** Whether an answer is complete; only plain ones are understood. */
function isComplete(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /^HTTP\/1\.1 200 .*\r\ncontent-length: *(\d+)/is.exec(text.slice(0, end))?.[1];
  if (length === undefined) fail(`An answer that is not 200 with a length:\n${text}\n`);
  return text.length >= end + 4 + Number(length);
}

async function open() {
  const connection = { call: -1, text: '' };
  const onread = {
    buffer: Buffer.allocUnsafe(65_536),
    callback: (count, buffer) => {
      connection.text += buffer.latin1Slice(0, count);
      if (!isComplete(connection.text)) return true;
      times[connection.call] = performance.now() - due(connection.call);
      connection.text = '';
      answered++;
      idle.push(connection);
      return true;
    },
  };
  connection.socket = connect({ port: Number(port), host: hostname, noDelay: true, onread });
  await once(connection.socket, 'connect');
  connection.socket.on('close', () => fail('A connection was closed'));
  connection.socket.on('error', (error) => fail(error.code));
  idle.push(connection);
}

const due = (call) => begun + (call * 1_000) / rate;

function turn() {
  const now = performance.now();
  while (sent < times.length && idle.length > 0 && due(sent) <= now) {
    const connection = idle.shift();
    connection.call = sent;
    connection.socket.write(requests[sent % requests.length]);
    sent++;
  }
  if (answered === times.length) return finish(now);
  if (now > due(times.length) + LATEST_MS) fail('No answers any more');
  Atomics.wait(bell, 0, 0, SLEEP_MS);
  return setImmediate(turn);
}

function finish(now) {
  const counted = times.subarray(uncounted);
  const at = (percent) => percentile(counted, percent);
  const elapsed = (now - due(uncounted)) / 1_000;
  console.log(JSON.stringify({ callsPerSecond: counted.length / elapsed, p50: at(50), p90: at(90), p99: at(99) }));
  process.exit(0);
}

try {
  // Else the kernel makes each sleep 50 µs longer.
  writeFileSync('/proc/self/timerslack_ns', '1');
} catch {
  // Where the kernel has no such file.
}
await Promise.all(Array.from({ length: Number(connections) }, open));
begun = performance.now();
turn();
