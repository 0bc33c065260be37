import { BucketHistogram } from './bucket-histogram.js';

/** Seconds. From a gateway's own time to that of a long poll. */
const DURATION_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds. The gateway's own work: mostly well under a millisecond; a look-up in the database takes some. */
const OWN_BOUNDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 3];

/** By the first digit of a status; 0: the client left before it had one. */
export const STATUS_CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** An operator's plugins name their reasons themselves: more of them than this are counted together. */
const MOST_REASONS = 64;
const OTHER_REASON = 'other';

/** What is counted for the calls of one route on one plan. */
export class CallSeries {
  /** By status class; made when the first such call ends. */
  readonly durations: (BucketHistogram | null)[] = STATUS_CLASSES.map(() => null);
  /** Answers of the gateway's own, by their reason. */
  readonly ownAnswers = new Map<string, number>();

  constructor(readonly plan: string) {}

  end(status: number, seconds: number): void {
    const index = status < 600 ? Math.trunc(status / 100) : 0;
    let durations = this.durations[index];
    if (!durations) {
      durations = new BucketHistogram(DURATION_BOUNDS);
      this.durations[index] = durations;
    }
    durations.observe(seconds);
  }

  answerByItself(reason: string): void {
    const counted = this.ownAnswers.has(reason) || this.ownAnswers.size < MOST_REASONS ? reason : OTHER_REASON;
    this.ownAnswers.set(counted, (this.ownAnswers.get(counted) ?? 0) + 1);
  }
}

/** What is counted for the calls of one API. */
export class ApiSeries {
  readonly ownTime = new BucketHistogram(OWN_BOUNDS);
  readonly upstreamTime = new BucketHistogram(DURATION_BOUNDS);
  /** Answers that the client did not get whole, by who broke off. */
  cutByClient = 0;
  cutByUpstream = 0;
  cutByGateway = 0;
  retries = 0;
  /** For want of budget. */
  retriesRefused = 0;
  readonly upstreamFailures = new Map<string, number>();
  bytesIn = 0;
  bytesOut = 0;

  constructor(readonly id: string) {}

  upstreamFailed(reason: string): void {
    this.upstreamFailures.set(reason, (this.upstreamFailures.get(reason) ?? 0) + 1);
  }
}

/** What is counted for the calls of one route. */
export class RouteSeries {
  readonly byPlan = new Map<string, CallSeries>();
  /** The one that was asked for last. */
  #last: CallSeries | null = null;

  /** @param label names the route among those of its API */
  constructor(
    readonly api: ApiSeries,
    readonly label: string,
  ) {}

  ofPlan(plan: string): CallSeries {
    if (this.#last?.plan === plan) return this.#last;
    let series = this.byPlan.get(plan);
    if (series === undefined) {
      series = new CallSeries(plan);
      this.byPlan.set(plan, series);
    }
    this.#last = series;
    return series;
  }
}
