import type { BreakerChange } from './target/circuit-breaker.js';

/** What one process of a gateway found out about a target, for the others. */
export type TargetNews = {
  /** Names the target and how it is watched; the same in all of them. */
  readonly target: string;
} & (({ readonly kind: 'breaker' } & BreakerChange) | { readonly kind: 'health'; readonly healthy: boolean });

/** The processes of a gateway, which call the same upstreams. */
export interface UpstreamPeers {
  /** Whether this process asks targets how they are; one does so for all. */
  readonly checks: boolean;
  /** The part of a total (0: none) that this process has; one at least. */
  share(total: number): number;
  /** As `share`, of what need not be whole. */
  part(total: number): number;
  tell(news: TargetNews): void;
  onNews(listener: (news: TargetNews) => void): void;
}

/** A gateway of one process. */
export const NO_PEERS: UpstreamPeers = {
  checks: true,
  share: (total) => total,
  part: (total) => total,
  tell: () => undefined,
  onNews: () => undefined,
};

/** @param number of the process, from 1 @param count of processes */
export function shareOf(total: number, number: number, count: number): number {
  if (total === 0) return 0;
  return Math.max(1, Math.floor(total / count) + (number <= total % count ? 1 : 0));
}
