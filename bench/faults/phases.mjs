/**
 * What is done to an installation under load. Each phase takes its time, and undoes its fault before it ends. It returns `note`, a
 * remark for the table, and `excuse`: for a failed call the reason for which it could not but fail, or null.
 */
import { performance } from 'node:perf_hooks';
import { callOnce } from './installation.mjs';
import { wait } from './interruption.mjs';

export const KILLED = 'in flight on what was killed';
export const AWAY = 'while its only upstream was away';

/** A worker that served for ten seconds is replaced at once. */
const KILL_EVERY_S = 15;
const POLL_MS = 20;
const UNMET = 16;

export const PHASES = {
  well: { seconds: 30, run: async (_, seconds) => void (await wait(seconds * 1_000)) },

  /** SIGSTOP to all of PostgreSQL: connections stay open, nothing is answered. */
  'database-frozen': {
    seconds: 60,
    run: (installation, seconds) =>
      withoutDatabase(installation, seconds, { take: (database) => database.freeze(), give: (database) => database.thaw() }),
  },

  /** kill -9 of PostgreSQL, and a new start, with recovery. */
  'database-killed': {
    seconds: 60,
    run: (installation, seconds) =>
      withoutDatabase(installation, seconds, { take: (database) => database.kill(), give: (database) => database.start() }),
  },

  /** One of two upstreams is killed, five seconds later started again, in turn: nobody may notice. */
  target: {
    seconds: 60,
    api: 'paired',
    run: async (installation, seconds) => {
      const end = performance.now() + seconds * 1_000;
      let kills = 0;
      while (performance.now() < end) {
        const number = kills++ % 2;
        await wait(5_000);
        await installation.killUpstream(number);
        await wait(5_000);
        await installation.startUpstream(number);
        // The other must not go while this one is still left out.
        while (!(await installation.isUsed(number))) await wait(100);
      }
      return { note: `${kills} kills` };
    },
  },

  /** The one upstream is killed, and started a second later. */
  upstream: {
    seconds: 60,
    run: async (installation, seconds) => {
      await wait((seconds * 1_000) / 2);
      const killed = performance.now();
      await installation.killUpstream(0);
      await wait(1_000);
      await installation.startUpstream(0);
      const back = performance.now();
      await wait((seconds * 1_000) / 2);
      return { excuse: ({ begun, ended }) => (begun < back && ended > killed ? AWAY : null), note: `away for ${inSeconds(back - killed)}` };
    },
  },

  /** kill -9 of a worker, every quarter of a minute. */
  worker: {
    seconds: 60,
    run: async (installation, seconds) => {
      const kills = Math.max(1, Math.floor(seconds / KILL_EVERY_S));
      const lost = new Set();
      for (let i = 0; i < kills; i++) {
        await wait((seconds * 1_000) / kills);
        const served = installation.workersServed();
        for (const port of installation.killWorker(1)) lost.add(port);
        while (installation.workersServed() === served) await wait(POLL_MS);
      }
      return { excuse: ({ port }) => (lost.has(port) ? KILLED : null), note: `${kills} kills` };
    },
  },

  reload: {
    seconds: 300,
    run: async (installation, seconds) => {
      const before = await installation.reloads();
      for (let second = 0; second < seconds; second++) {
        installation.reload();
        await wait(1_000);
      }
      return { note: `${(await installation.reloads()) - before} reloads` };
    },
  },
};

/** Known credentials must go on to work; how unknown ones fare is noted. */
async function withoutDatabase({ database, takeTokens, orders }, seconds, { take, give }) {
  const [early, ...unmet] = await takeTokens('orders', UNMET + 1);
  await take(database);
  const answered = callOnce(orders.url, early);
  await wait(seconds * 1_000);
  await give(database);
  const back = performance.now();
  const times = await Promise.all(
    unmet.map(async (token) => {
      while ((await callOnce(orders.url, token)) !== 200) await wait(POLL_MS);
      return performance.now() - back;
    }),
  );
  return { note: `unknown credential meanwhile: ${await answered}; all ${UNMET} known ${inSeconds(Math.max(...times))} after` };
}

function inSeconds(ms) {
  return `${(ms / 1_000).toFixed(2)} s`;
}
