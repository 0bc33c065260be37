/** Why a call-out gave no answer that can be used. */
export type CallOutFault = 'timeout' | 'unreachable' | 'status' | 'redirect' | 'too-large' | 'malformed';

/** Nothing of the question or the answer stands in it. */
export class CallOutError extends Error {
  override readonly name = 'CallOutError';

  /** @param detail for the log: a status, a code of the operating system, what is wrong with the answer */
  constructor(
    readonly fault: CallOutFault,
    readonly detail: string,
  ) {
    super(`${fault}: ${detail}`);
  }
}

const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];
const DEAD_CONNECTION = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

export function describeCallOutFault(error: unknown): CallOutError {
  if (error instanceof CallOutError) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = codeOf(error);
  if (name === 'TimeoutError' || TIMEOUTS.includes(code)) return new CallOutError('timeout', code || name);
  return new CallOutError('unreachable', code || message);
}

/** Whether the connection broke before there was an answer, as one that was kept too long does. */
export function isDeadConnection(error: unknown): boolean {
  return DEAD_CONNECTION.includes(codeOf(error));
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
