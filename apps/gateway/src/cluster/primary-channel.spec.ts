import { expect, test } from '@jest/globals';
import { PrimaryChannel } from './primary-channel.js';

test('a config that comes unasked, since the primary reloads meanwhile, is not taken for the whole answer to a greeting', async () => {
  const channel = new PrimaryChannel();
  let answered = false;
  const greeting = channel.greet().then(() => {
    answered = true;
  });
  const say = (message: object): unknown => process.emit('message', message, undefined);
  say({ kind: 'config' });
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  say({ kind: 'public-port' });
  await greeting;
});
