import type { ResolvedCredential } from '../credential/resolved-credential.js';
import type { RouteSeries } from '../metrics/call-series.js';

/** Who broke a call off before its answer was whole; the gateway does so where the credential ended. */
export type CutBy = '' | 'client' | 'upstream' | 'gateway';

/** What metrics, logs and traces know of a call. Times are on the clock of `performance.now()`, in milliseconds; 0: it did not come to that. */
export interface CallRecord {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly clientAddress: string;
  readonly route: { readonly api: { readonly id: string }; readonly series: RouteSeries } | null;
  readonly credential: ResolvedCredential | null;
  readonly correlationId: string;
  /** Whether a client chose it, or a plugin; else the gateway made it up. */
  readonly correlationIdGiven: boolean;
  /** First value of a field of the request. @param name lower-case */
  requestHeader(name: string): string | undefined;
  /** null: calls are not traced. */
  readonly trace: { readonly traceId: string; end(call: CallRecord): void } | null;
  readonly startedAt: number;
  /** When the (first) upstream was asked. */
  readonly upstreamAt: number;
  /** When the head of its answer came. */
  readonly answeredAt: number;
  /** 0: the client left before there was one. */
  readonly status: number;
  /** Why the gateway answered by itself; empty: it did not. */
  readonly ownAnswer: string;
  readonly cutBy: CutBy;
  /** Bytes of the bodies. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}
