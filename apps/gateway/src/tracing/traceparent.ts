/** W3C Trace Context §3.2: version, trace id, id of the parent, flags. Zeros alone are no id, and ff is no version. */
const WELL_FORMED = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
}

/** @returns null where it must not be used, and `tracestate` with it: §3.2.2 "vendors MUST ignore the traceparent when … invalid" */
export function readTraceparent(text: string | undefined): TraceParent | null {
  if (text === undefined || !WELL_FORMED.test(text)) return null;
  return { traceId: text.slice(3, 35), spanId: text.slice(36, 52), flags: Number.parseInt(text.slice(53), 16) };
}

export function writeTraceparent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
