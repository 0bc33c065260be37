/** So many calls a second, with tokens that take turns, over kept connections, whatever becomes of the calls before. */
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

const TICK_MS = 5;
const LATEST_MS = 10_000;

export class SteadyLoad {
  #target;
  #rate;
  #mostOpen;
  #agent = new Agent({ keepAlive: true });
  #timer = null;
  #open = new Set();
  #count = 0;
  #owed = 0;
  #noted = nothing();

  /**
   * @param rate calls a second
   * @param mostOpen calls at once: beyond them none is begun, so that a gateway that hangs is not flooded
   */
  constructor(target, rate, mostOpen = 500) {
    this.#target = target;
    this.#rate = rate;
    this.#mostOpen = mostOpen;
  }

  start() {
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#owed = Math.min(this.#mostOpen, this.#owed + ((now - last) * this.#rate) / 1_000);
      last = now;
      for (; this.#owed >= 1 && this.#open.size < this.#mostOpen; this.#owed--) this.#call();
    }, TICK_MS);
  }

  /** From now on calls go there. @param target a URL, and tokens for it */
  aim(target) {
    this.#target = target;
  }

  /**
   * What came of the calls that ended since this was asked last: milliseconds of each; of each failure the status or fault, when it
   * began and ended (on the clock of `performance.now()`), and the port of the client's end.
   */
  take() {
    const noted = this.#noted;
    this.#noted = nothing();
    return noted;
  }

  /** What would be taken, so far. */
  get sofar() {
    return this.#noted;
  }

  /** Begins no more, and waits for those that are open. */
  async stop() {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
  }

  #call() {
    const begun = performance.now();
    const { url, tokens } = this.#target;
    const token = tokens[this.#count++ % tokens.length];
    let port;
    const ended = new Promise((done) => {
      const options = { agent: this.#agent, headers: { authorization: `Bearer ${token}` }, timeout: LATEST_MS };
      const sent = request(url, options, (response) => {
        response.resume();
        response.once('end', () => done(response.statusCode));
        response.once('error', (error) => done(error.code));
      });
      sent.once('socket', (socket) => {
        const note = () => (port = socket.localPort);
        if (socket.connecting) socket.once('connect', note);
        else note();
      });
      sent.once('timeout', () => sent.destroy(Object.assign(new Error(), { code: 'no answer in time' })));
      sent.once('error', (error) => done(error.code));
      sent.end();
    }).then((outcome) => {
      this.#open.delete(ended);
      const now = performance.now();
      this.#noted.times.push(now - begun);
      if (outcome !== 200) this.#noted.failures.push({ outcome, begun, ended: now, port });
    });
    this.#open.add(ended);
  }
}

function nothing() {
  return { times: [], failures: [] };
}

/** How many, by status or fault. */
export function formatFailures(failures) {
  const counts = new Map();
  for (const { outcome } of failures) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join(', ') || 'none';
}
