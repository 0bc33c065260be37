import type { TargetHealth } from './target-health.js';

/** How a target is, as the process says that checks it for all. Until it does the target counts as healthy. */
export class FollowedHealth implements TargetHealth {
  healthy = true;

  /** @param interval milliseconds between two checks */
  constructor(readonly interval: number) {}

  stop(): void {}
}
