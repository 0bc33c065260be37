import type { UpstreamTarget } from '../upstream-target.js';

/** What a choice may depend on. */
export interface BalancedCall {
  /** First value of a field of the request. @param name lower-case */
  requestHeader(name: string): string | undefined;
  readonly consumer: { readonly applicationId: string } | null;
  readonly clientAddress: string;
}

/** Chooses the target of a call. */
export interface Balancer {
  /**
   * @param tried targets that have failed the call already, and are not chosen again
   * @returns null: none is left that takes calls
   */
  pick(call: BalancedCall, tried: readonly UpstreamTarget[]): UpstreamTarget | null;
}

export function isOpenTo(target: UpstreamTarget, tried: readonly UpstreamTarget[]): boolean {
  return (target.state === null || target.state.takesCalls) && !tried.includes(target);
}
