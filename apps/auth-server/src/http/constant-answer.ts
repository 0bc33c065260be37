import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds that an answer takes at least where its time could tell who has an account. */
export const ANSWER_TIME = 500;

/** Waits until the least time since `begun` (of `performance.now()`) has gone by. */
export async function waitOut(begun: number): Promise<void> {
  await delay(Math.max(0, Math.ceil(begun + ANSWER_TIME - performance.now())));
}
