import type { CallRecord } from '../call/call-record.js';
import type { RetryDecision } from '../upstream/retry-decision.js';
import { ApiSeries, type CallSeries, RouteSeries, STATUS_CLASSES } from './call-series.js';
import { counter, gauge, histogram, type Labels, type Metric, only, type Sample } from './metric.js';

/** Stands where a call has no API, route or plan. No id begins with an underscore. */
const NONE = '_none';

/**
 * What is counted of calls. A series is found once, when a route is compiled, and lives on over reloads; labels come from the config
 * alone, never from a request (BEHAVIOURS 94).
 */
export class CallMetrics {
  readonly #apis = new Map<string, ApiSeries>();
  readonly #routes = new Map<string, RouteSeries>();
  /** Of calls that belong to no route. */
  readonly #unrouted: RouteSeries;
  #inFlight = 0;

  constructor() {
    this.#unrouted = this.seriesOf(NONE, NONE);
  }

  /** @param label names the route among those of its API */
  seriesOf(apiId: string, label: string): RouteSeries {
    const key = `${apiId} ${label}`;
    let series = this.#routes.get(key);
    if (series === undefined) {
      series = new RouteSeries(this.#apiOf(apiId), label);
      this.#routes.set(key, series);
    }
    return series;
  }

  begin(): void {
    this.#inFlight++;
  }

  /** @param endedAt on the clock of `performance.now()` */
  end(call: CallRecord, endedAt: number): void {
    this.#inFlight--;
    const route = call.route?.series ?? this.#unrouted;
    const series = route.ofPlan(call.credential?.consumer.planId ?? NONE);
    series.end(call.status, (endedAt - call.startedAt) / 1_000);
    if (call.ownAnswer !== '') series.answerByItself(call.ownAnswer);
    const { api } = route;
    api.ownTime.observe(((call.upstreamAt || endedAt) - call.startedAt) / 1_000);
    if (call.upstreamAt !== 0 && call.answeredAt !== 0) api.upstreamTime.observe((call.answeredAt - call.upstreamAt) / 1_000);
    api.bytesIn += call.bytesIn;
    api.bytesOut += call.bytesOut;
    if (call.cutBy === 'client') api.cutByClient++;
    else if (call.cutBy === 'upstream') api.cutByUpstream++;
    else if (call.cutBy === 'gateway') api.cutByGateway++;
  }

  /** @param then another attempt follows, or why none does */
  upstreamFailed(call: CallRecord, reason: string, then: 'retried' | RetryDecision['reason']): void {
    const { api } = call.route?.series ?? this.#unrouted;
    api.upstreamFailed(reason);
    if (then === 'retried') api.retries++;
    else if (then === 'budget-spent') api.retriesRefused++;
  }

  metrics(): Metric[] {
    return [
      counter('gatehouse_gateway_calls_total', 'Calls that ended, by API, route, plan and class of the status.', () =>
        this.#samples((series, labels) =>
          series.durations.flatMap((durations, index) =>
            durations ? [{ labels: { ...labels, status: STATUS_CLASSES[index] as string }, value: durations.count }] : [],
          ),
        ),
      ),
      histogram('gatehouse_gateway_call_duration_seconds', "From a call's head to the end of its answer.", () =>
        this.#each().flatMap(([series, labels]) =>
          series.durations.flatMap((durations, index) =>
            durations ? [[{ ...labels, status: STATUS_CLASSES[index] as string }, durations] as const] : [],
          ),
        ),
      ),
      histogram(
        'gatehouse_gateway_own_duration_seconds',
        "The gateway's own part: from a call's head until its upstream is asked, or until the gateway's own answer.",
        () => this.#eachApi((api) => api.ownTime),
      ),
      histogram(
        'gatehouse_gateway_upstream_duration_seconds',
        "The upstream's part: from asking it until the head of its answer, further attempts included.",
        () => this.#eachApi((api) => api.upstreamTime),
      ),
      gauge('gatehouse_gateway_calls_in_flight', 'Calls that are being served.', () => only(this.#inFlight)),
      counter('gatehouse_gateway_own_answers_total', 'Calls that the gateway answered by itself, by reason.', () =>
        this.#samples((series, labels) => Array.from(series.ownAnswers, ([reason, value]) => ({ labels: { ...labels, reason }, value }))),
      ),
      counter('gatehouse_gateway_calls_cut_total', 'Calls whose answer did not reach its end, by who broke off.', () =>
        this.#ofApis((api) => [
          { labels: { by: 'client' }, value: api.cutByClient },
          { labels: { by: 'upstream' }, value: api.cutByUpstream },
          { labels: { by: 'gateway' }, value: api.cutByGateway },
        ]),
      ),
      counter('gatehouse_gateway_upstream_failures_total', 'Attempts at an upstream that failed, by reason.', () =>
        this.#ofApis((api) => Array.from(api.upstreamFailures, ([reason, value]) => ({ labels: { reason }, value }))),
      ),
      counter('gatehouse_gateway_upstream_retries_total', 'Further attempts at an upstream after one that failed.', () =>
        this.#ofApis((api) => [{ labels: {}, value: api.retries }]),
      ),
      counter(
        'gatehouse_gateway_upstream_retries_refused_total',
        'Further attempts at an upstream that were not made because the retry budget was spent.',
        () => this.#ofApis((api) => [{ labels: {}, value: api.retriesRefused }]),
      ),
      counter('gatehouse_gateway_body_bytes_total', 'Bytes of bodies, of requests (in) and answers (out).', () =>
        this.#ofApis((api) => [
          { labels: { direction: 'in' }, value: api.bytesIn },
          { labels: { direction: 'out' }, value: api.bytesOut },
        ]),
      ),
    ];
  }

  #apiOf(id: string): ApiSeries {
    let series = this.#apis.get(id);
    if (series === undefined) {
      series = new ApiSeries(id);
      this.#apis.set(id, series);
    }
    return series;
  }

  #each(): (readonly [CallSeries, Labels])[] {
    return [...this.#routes.values()].flatMap(({ api, label, byPlan }) =>
      Array.from(byPlan.values(), (series) => [series, { api: api.id, route: label, plan: series.plan }] as const),
    );
  }

  #samples(read: (series: CallSeries, labels: Labels) => Sample[]): Sample[] {
    return this.#each().flatMap(([series, labels]) => read(series, labels));
  }

  #eachApi<T>(read: (api: ApiSeries) => T): (readonly [Labels, T])[] {
    return [...this.#apis.values()].filter((api) => api.ownTime.count > 0).map((api) => [{ api: api.id }, read(api)] as const);
  }

  #ofApis(read: (api: ApiSeries) => Sample[]): Sample[] {
    return this.#eachApi(read).flatMap(([labels, samples]) =>
      samples.map((sample) => ({ ...sample, labels: { ...labels, ...sample.labels } })),
    );
  }
}
