/** Counts of observations by size. Observing costs some ten nanoseconds: a walk over a few numbers, and no label to look up. */
export class BucketHistogram {
  /** Observations in each bucket alone, and at last those above every bound. */
  readonly counts: Float64Array;
  sum = 0;

  /** @param bounds upper bounds (inclusive), ascending */
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.sum += value;
  }

  get count(): number {
    return this.counts.reduce((total, count) => total + count, 0);
  }
}
