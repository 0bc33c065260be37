/** Errors of our own, rendered once as RFC 9457 problem details. */

/** Plain-English title of each status that we answer with. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Media type of problem details (RFC 9457 §3). */
export const PROBLEM_TYPE = 'application/problem+json';

/** Body of a problem answer (RFC 9457 §3); `type` is about:blank, so `title` is that of the status. */
export function renderProblem(status: number, detail: string, correlationId: string, title?: string): string {
  return JSON.stringify({
    type: 'about:blank',
    title: title ?? TITLES[status] ?? 'Error',
    status,
    detail,
    correlation_id: correlationId,
  });
}
