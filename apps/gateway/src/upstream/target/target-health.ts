/** What checks say of a target: made here, or by another process. */
export interface TargetHealth {
  readonly healthy: boolean;
  /** Milliseconds between two checks. */
  readonly interval: number;
  stop(): void;
}
