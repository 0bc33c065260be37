import type { Worker } from 'node:cluster';
import { STOP_BUDGET_MS } from '#installation/run-app.js';
import { OperatorError } from '#process/environment.js';
import type { Logger } from '#process/logger.js';
import { decideReplacement, MEMORY_MS, type WorkerDeath } from './decide-replacement.js';
import { forkWorker } from './fork-worker.js';
import { rescueHandOvers } from './hand-over.js';
import type { ToPrimary, ToWorker } from './messages.js';
import { BEAT_MS, MOST_SILENT_BEATS, Pulse } from './pulse.js';

export interface WorkersDeps {
  readonly count: number;
  /** Milliseconds for which a worker goes on serving once it is told to stop. */
  readonly drainDelay: number;
  /** The config in force. */
  readonly config: () => { readonly fingerprint: string; readonly message: ToWorker };
  /** Takes what a worker asks of its primary, or tells it. */
  readonly onMessage: (message: ToPrimary, sender: Sender) => void;
  /** A worker ended, however it did. */
  readonly onEnd: (worker: Worker) => void;
  /** Workers die as soon as they are replaced. */
  readonly onCrashLoop: (earlyDeaths: number) => void;
  readonly logger: Logger;
}

export interface Sender {
  readonly worker: Worker;
  reply(message: ToWorker): void;
  tellOthers(message: ToWorker): void;
}

interface Member {
  readonly worker: Worker;
  readonly pulse: Pulse;
  servesSince: number | null;
  fingerprint: string | null;
}

/** A worker that has not followed a reload by then is replaced (milliseconds). */
const FOLLOW_MS = 30_000;
/** How much earlier than the primary gives up a worker must have stopped (milliseconds). */
const KILL_AHEAD_MS = 3_000;
/** Between two attempts to start a process where the machine has none to give (milliseconds). No worker died of it, so it is no crash loop. */
const FORK_PAUSE_MS = 1_000;
/** In the environment of a worker: its number. */
export const WORKER_VARIABLE = 'GATEHOUSE_GATEWAY_WORKER';

/** The worker processes of a gateway, by number: started, told, replaced when they die, and stopped. */
export class Workers {
  readonly #deps: WorkersDeps;
  readonly #members = new Map<number, Member>();
  readonly #pauses = new Set<NodeJS.Timeout>();
  #deaths: WorkerDeath[] = [];
  #followCheck: NodeJS.Timeout | undefined;
  #beats: NodeJS.Timeout | undefined;
  #state: 'starting' | 'serving' | 'stopping' = 'starting';

  constructor(deps: WorkersDeps) {
    this.#deps = deps;
  }

  /** Starts one, and the others once that serves: what keeps it from serving would keep them all. @throws OperatorError saying why */
  async start(): Promise<void> {
    this.#beats = setInterval(() => this.#beat(), BEAT_MS).unref();
    await this.#begin(1);
    await Promise.all(Array.from({ length: this.#deps.count - 1 }, (_, i) => this.#begin(i + 2)));
    this.#state = 'serving';
  }

  /** Puts the config in force in every worker. */
  follow(): void {
    const { message } = this.#deps.config();
    this.tell(message);
    clearTimeout(this.#followCheck);
    this.#followCheck = setTimeout(() => this.#replaceStragglers(), FOLLOW_MS).unref();
  }

  tell(message: ToWorker): void {
    this.#tell(message, null);
  }

  #tell(message: ToWorker, except: Member | null): void {
    for (const member of this.#members.values()) if (member !== except) send(member.worker, message);
  }

  /** Asks those that serve. @returns these */
  ask(message: ToWorker): readonly Worker[] {
    const serving = [...this.#members.values()].flatMap(({ worker, servesSince }) => (servesSince === null ? [] : [worker]));
    for (const worker of serving) send(worker, message);
    return serving;
  }

  /** Tells all to finish what is in flight, and kills those that do not end in time; resolves when all have ended. */
  async stop(): Promise<void> {
    this.#state = 'stopping';
    clearTimeout(this.#followCheck);
    for (const pause of this.#pauses) clearTimeout(pause);
    const members = [...this.#members.values()];
    const ended = members.map(({ worker }) => new Promise((done) => worker.once('exit', done)));
    for (const { worker } of members) worker.process.kill('SIGTERM');
    const impatience = setTimeout(() => this.#killLate(), STOP_BUDGET_MS - KILL_AHEAD_MS + this.#deps.drainDelay);
    await Promise.all(ended);
    clearTimeout(impatience);
    clearInterval(this.#beats);
  }

  /** @param replaces whether it takes the place of one that died */
  #begin(number: number, replaces = false): Promise<void> {
    return new Promise((resolve, reject) => {
      /** While the others still start, nobody else misses one that never served, unless it took the place of one that did. */
      const isMissed = (served: boolean): boolean => this.#state === 'serving' || (this.#state === 'starting' && (served || replaces));
      const worker = forkWorker({ [WORKER_VARIABLE]: String(number) }, ({ message }) => {
        reject(new OperatorError(`A worker of the gateway cannot be started: ${message}`));
        if (!isMissed(false)) return;
        this.#deps.logger.error(
          { worker: number, error: message, againInMs: FORK_PAUSE_MS },
          'A worker cannot be started; it is tried again',
        );
        this.#beginLater(number, FORK_PAUSE_MS);
      });
      if (worker === null) return;
      const member: Member = { worker, pulse: new Pulse(), servesSince: null, fingerprint: null };
      let fault: string | null = null;
      this.#members.set(number, member);
      rescueHandOvers(worker, () => this.#servesBut(worker));
      // What cannot be sent to a dead worker is no fault of the primary's: its exit is dealt with.
      worker.on('error', (error) => this.#deps.logger.debug({ worker: number, error: error.message }, 'A worker was not reached'));
      this.#deps.logger.info({ worker: number, pid: worker.process.pid }, 'Worker starts');
      worker.on('message', (message: ToPrimary) => {
        if (message.kind === 'alive') member.pulse.answer(Date.now());
        else if (message.kind === 'follows') member.fingerprint = message.fingerprint;
        else if (message.kind === 'fault') fault = message.message;
        else if (message.kind === 'serving') {
          member.servesSince = Date.now();
          // Whoever serves has begun to answer: from here on, its silence is counted as a hang's.
          member.pulse.answer(member.servesSince);
          this.#deps.logger.info({ worker: number, pid: worker.process.pid }, 'Worker serves');
          resolve();
        } else
          this.#deps.onMessage(message, {
            worker,
            reply: (reply) => send(worker, reply),
            tellOthers: (news) => this.#tell(news, member),
          });
      });
      worker.once('exit', (exitCode, signal) => {
        this.#members.delete(number);
        this.#deps.onEnd(worker);
        // What it hung for is no time that it served.
        const { servesSince, pulse } = member;
        const served = servesSince === null ? 0 : (pulse.lastAnswer ?? Date.now()) - servesSince;
        reject(new OperatorError(fault ?? `A worker of the gateway ended (${signal ?? exitCode}) before it served.`));
        if (isMissed(servesSince !== null)) this.#replace(number, Math.max(0, served), { worker: number, exitCode, signal, fault });
      });
    });
  }

  /** @param served milliseconds */
  #replace(number: number, served: number, death: object): void {
    const { count, logger, onCrashLoop } = this.#deps;
    const now = Date.now();
    this.#deaths = this.#deaths.filter(({ at }) => now - at < MEMORY_MS);
    this.#deaths.push({ at: now, served });
    const decision = decideReplacement(this.#deaths, count, now);
    if (!decision.replace) {
      this.#state = 'stopping';
      onCrashLoop(decision.early);
      return;
    }
    logger.error({ ...death, replacedInMs: decision.delayMs }, 'A worker died; it is replaced');
    this.#beginLater(number, decision.delayMs);
  }

  #beginLater(number: number, delayMs: number): void {
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      // Its end, should it come before it serves, was dealt with already.
      this.#begin(number, true).catch(() => undefined);
    }, delayMs);
    this.#pauses.add(pause);
  }

  /** Whether one but this takes connections. One that starts does not yet, and where nobody does Node keeps them for ever, unserved. */
  #servesBut(worker: Worker): boolean {
    return [...this.#members.values()].some((other) => other.worker !== worker && other.servesSince !== null && other.worker.isConnected());
  }

  #beat(): void {
    for (const [number, { worker, pulse }] of this.#members) {
      if (!pulse.beat()) {
        send(worker, { kind: 'beat' });
        continue;
      }
      this.#deps.logger.error({ worker: number, pid: worker.process.pid, seconds: MOST_SILENT_BEATS }, 'A worker hangs; it is killed');
      worker.process.kill('SIGKILL');
    }
  }

  #killLate(): void {
    for (const [number, { worker }] of this.#members) {
      this.#deps.logger.error({ worker: number, pid: worker.process.pid }, 'A worker does not stop; it is killed');
      worker.process.kill('SIGKILL');
    }
  }

  /** A config that nobody could put in force would keep those from serving that took their places. */
  #replaceStragglers(): void {
    const { fingerprint } = this.#deps.config();
    const serving = [...this.#members].filter(([, { servesSince }]) => servesSince !== null);
    const stragglers = serving.filter(([, member]) => member.fingerprint !== fingerprint);
    if (stragglers.length === serving.length) {
      if (serving.length > 0)
        this.#deps.logger.error({ fingerprint }, 'No worker followed the reload; they go on with the config that they have');
      return;
    }
    for (const [number, { worker }] of stragglers) {
      this.#deps.logger.error({ worker: number }, 'A worker did not follow the reload; it is replaced');
      send(worker, { kind: 'retire' });
    }
  }
}

/** A worker that is ending gets no message, and needs none. */
function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
