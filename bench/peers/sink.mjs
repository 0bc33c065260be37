/** An upstream that reads every body to its end, then answers. */
import { createServer } from 'node:http';
import { freePort, LOAD_CORE, startPinned, untilServing } from '../environment.mjs';

const { SINK_PORT } = process.env;

if (SINK_PORT) {
  createServer((request, response) => {
    request.on('end', () => response.end('{"read":true}'));
    request.resume();
  }).listen(Number(SINK_PORT), '127.0.0.1');
}

export async function startSink() {
  const port = await freePort();
  startPinned(LOAD_CORE, process.execPath, [import.meta.filename], { env: { PATH: process.env.PATH, SINK_PORT: port } });
  const url = `http://127.0.0.1:${port}`;
  await untilServing(url);
  return { url };
}
