import type { TargetState } from './target/target-state.js';
import type { UpstreamClient } from './upstream-client.js';

/** One place to which calls of an API may go. */
export interface UpstreamTarget {
  readonly client: UpstreamClient;
  readonly origin: string;
  /** Path of the configured URL, without a trailing slash; empty for the root. */
  readonly basePath: string;
  readonly weight: number;
  /** null: nothing is kept account of; it takes every call. */
  readonly state: TargetState | null;
}
