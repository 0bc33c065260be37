import { expect, test } from '@jest/globals';
import { decideRetry, type FailedAttempt } from './retry-decision.js';

const GET: FailedAttempt = {
  method: 'GET',
  hasBody: false,
  attemptsLeft: 1,
  answerBegan: false,
  failure: { reason: 'broken', sent: true },
};

test.each<[string, Partial<FailedAttempt>, object]>([
  ['BEHAVIOURS 84: GET on a dead connection', {}, { retry: true, reason: 'idempotent' }],
  ['BEHAVIOURS 83: POST that may have been seen', { method: 'POST' }, { retry: false, reason: 'not-idempotent' }],
  [
    'POST that was never sent',
    { method: 'POST', hasBody: true, failure: { reason: 'unreachable', sent: false } },
    { retry: true, reason: 'unsent' },
  ],
  ['BEHAVIOURS 83: PUT whose body began', { method: 'PUT', hasBody: true }, { retry: false, reason: 'body' }],
  ['an answer that began', { answerBegan: true }, { retry: false, reason: 'answer-began' }],
  ['no attempts left', { attemptsLeft: 0 }, { retry: false, reason: 'no-attempts-left' }],
  ['an upstream without a free connection', { failure: { reason: 'busy', sent: false } }, { retry: false, reason: 'busy' }],
  ['an upstream that is slow', { failure: { reason: 'timeout', sent: true } }, { retry: false, reason: 'slow' }],
])('%s', (_, given, expected) => {
  expect(decideRetry({ ...GET, ...given })).toEqual(expected);
});
