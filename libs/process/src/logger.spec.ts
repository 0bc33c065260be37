import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const LOGGER = join(import.meta.dirname, '../../../dist/libs/process/src/logger.js');

/** @returns the line that the code writes with a `logger` */
function lineOf(code: string): Record<string, unknown> {
  const script = `import { createLogger } from ${JSON.stringify(LOGGER)}; const logger = createLogger('info', 'x'); ${code}`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return JSON.parse(stderr) as Record<string, unknown>;
}

test('secrets stay out of lines, at the top and one level below', () => {
  expect(lineOf(`logger.info({ token: 's', form: { code: 's', client_secret: 's', state: 'x' } }, 'm')`)).toMatchObject({
    token: '[secret]',
    form: { code: '[secret]', client_secret: '[secret]', state: 'x' },
  });
});

test('of an error: its type, message, code and stack; not what a statement was called with', () => {
  const error = `Object.assign(new TypeError('no way'), { code: 'ECONNREFUSED', query: 'q', parameters: ['s3cret'], cause: new Error('why') })`;
  const { err } = lineOf(`logger.error({ err: ${error} }, 'm')`);
  expect(err).toEqual({
    type: 'TypeError',
    message: 'no way: why',
    errorCode: 'ECONNREFUSED',
    stack: expect.stringContaining('caused by'),
  });
});
