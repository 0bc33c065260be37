import { expect, test } from '@jest/globals';
import { createLogger } from '#process/logger.js';
import { reportUnexpectedError } from './unexpected-error.js';

const logger = createLogger('silent', 'test');
const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

test.each<[string, unknown, boolean]>([
  ['nobody listens', withCode('ECONNREFUSED'), true],
  ['the connection broke', withCode('ECONNRESET'), true],
  ['PostgreSQL 08006: connection failure', withCode('08006'), true],
  ['PostgreSQL 53300: too many connections', withCode('53300'), true],
  ['PostgreSQL 57P01: shut down', withCode('57P01'), true],
  ['pg without a code', new Error('Connection terminated unexpectedly'), true],
  ['pg waited for a connection', new Error('timeout exceeded when trying to connect'), true],
  ['PostgreSQL 42P01: no such table', withCode('42P01'), false],
  ['PostgreSQL 57014: statement timeout', withCode('57014'), false],
  ['a fault of ours', new TypeError('x is not a function'), false],
  ['no error at all', 'text', false],
])('8: %s', (_, error, temporary) => {
  expect(reportUnexpectedError(logger, error)).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), temporary });
});

test('8: the log has the id, and the error in the form of any other', () => {
  const lines: unknown[][] = [];
  const writer = { error: (...line: unknown[]) => void lines.push(line) };
  const error = withCode('42P01');
  const { id } = reportUnexpectedError(writer, error);
  reportUnexpectedError(writer, 'text');
  expect(lines).toEqual([
    [{ errorId: id, err: error }, 'x'],
    [{ errorId: expect.any(String), err: new Error('text') }, 'text'],
  ]);
});
