import { afterEach, expect, test } from '@jest/globals';
import type { Change } from '#persistence/change/change-event.js';
import { ChangeFollower, STALE_BOUND_MS } from './change-follower.js';

const CHANGE: Change = { kind: 'subscription', subjectId: 's1' };
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A feed that works or fails as it is told, and what the follower made of it. */
function stage() {
  const seen = { now: 1_000, failing: false, pending: [] as Change[], entered: 0, forgotten: [] as Change[], dropped: 0, missed: 0 };
  const fail = (): void => {
    if (seen.failing) throw new Error('connection refused');
  };
  const feed = {
    position: null,
    resume: () => undefined,
    seekToEnd: async () => {
      fail();
      seen.entered++;
    },
    readNew: async () => {
      fail();
      return seen.pending.splice(0);
    },
  };
  const credentials = {
    forget: (changes: readonly Change[]) => void seen.forgotten.push(...changes),
    forgetAll: (missed: boolean) => {
      seen.dropped++;
      if (missed) seen.missed++;
    },
  };
  const follower = new ChangeFollower(feed, [credentials], quiet, () => seen.now);
  const read = async (): Promise<void> => {
    follower.wake();
    await new Promise((done) => setTimeout(done, 5));
  };
  return { seen, follower, read };
}

let follower: ChangeFollower;
afterEach(() => follower.close());

test('changes are forgotten when it is woken', async () => {
  const { seen, follower: started, read } = stage();
  follower = started;
  await follower.start();
  seen.pending.push(CHANGE);
  await read();
  expect(seen.forgotten).toEqual([CHANGE]);
});

test('DESIGN 6: within the bound a feed that cannot be read drops nothing, and is read on from where it was', async () => {
  const { seen, follower: started, read } = stage();
  follower = started;
  await follower.start();
  const dropped = seen.dropped;
  seen.failing = true;
  seen.now += STALE_BOUND_MS - 1;
  await read();
  expect([follower.current, seen.dropped]).toEqual([true, dropped]);
  seen.failing = false;
  seen.pending.push(CHANGE);
  await read();
  expect([seen.entered, seen.forgotten]).toEqual([1, [CHANGE]]);
});

test('DESIGN 6: past the bound everything cached is dropped, again and again until the feed is entered anew', async () => {
  const { seen, follower: started, read } = stage();
  follower = started;
  await follower.start();
  seen.failing = true;
  seen.now += STALE_BOUND_MS;
  const dropped = seen.dropped;
  await read();
  await read();
  expect(follower.current).toBe(false);
  expect(seen.dropped).toBe(dropped + 2);
  // Until then the feed may still be read on from where it was.
  expect(seen.missed).toBe(1);
  seen.failing = false;
  await read();
  expect([follower.current, seen.entered, seen.missed]).toEqual([true, 2, 2]);
});
