/** What a line of the access log may say. Nothing that holds a secret is among it. */
export const ACCESS_LOG_FIELDS = [
  'time',
  'correlationId',
  'traceId',
  'client',
  'method',
  'host',
  'path',
  'query',
  'userAgent',
  'status',
  'reason',
  'cutBy',
  'api',
  'route',
  'plan',
  'application',
  'subscription',
  'user',
  'duration',
  'ownTime',
  'upstreamTime',
  'bytesIn',
  'bytesOut',
] as const;

export type AccessLogField = (typeof ACCESS_LOG_FIELDS)[number];

/** What a line says unless the config chooses. */
export const USUAL_ACCESS_LOG_FIELDS: readonly AccessLogField[] = [
  'time',
  'correlationId',
  'client',
  'method',
  'path',
  'status',
  'reason',
  'api',
  'route',
  'plan',
  'application',
  'duration',
  'ownTime',
  'upstreamTime',
  'bytesOut',
];
