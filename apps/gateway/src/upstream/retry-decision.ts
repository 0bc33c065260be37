import type { UpstreamFailure } from './upstream-client.js';

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

export type RetryDecision =
  | { readonly retry: true; readonly reason: 'unsent' | 'idempotent' }
  | {
      readonly retry: false;
      readonly reason: 'no-attempts-left' | 'answer-began' | 'slow' | 'busy' | 'body' | 'not-idempotent' | 'budget-spent';
    };

export interface FailedAttempt {
  readonly method: string;
  readonly hasBody: boolean;
  readonly attemptsLeft: number;
  readonly answerBegan: boolean;
  readonly failure: Pick<UpstreamFailure, 'reason' | 'sent'>;
}

/** Whether a failed attempt may be made again: never where the upstream may have acted on it, nor once the client has a part. */
export function decideRetry({ method, hasBody, attemptsLeft, answerBegan, failure }: FailedAttempt): RetryDecision {
  if (answerBegan) return { retry: false, reason: 'answer-began' };
  if (attemptsLeft <= 0) return { retry: false, reason: 'no-attempts-left' };
  // Those that wait already would wait longer.
  if (failure.reason === 'busy') return { retry: false, reason: 'busy' };
  if (!failure.sent) return { retry: true, reason: 'unsent' };
  if (failure.reason === 'timeout') return { retry: false, reason: 'slow' };
  if (hasBody) return { retry: false, reason: 'body' };
  // RFC 9110 §9.2.2: "A proxy MUST NOT automatically retry non-idempotent requests."
  return isIdempotent(method) ? { retry: true, reason: 'idempotent' } : { retry: false, reason: 'not-idempotent' };
}
