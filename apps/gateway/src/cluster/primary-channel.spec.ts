import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import type { ToPrimary } from './messages.js';
import { PrimaryChannel } from './primary-channel.js';

test('a config that comes unasked, since the primary reloads meanwhile, is not taken for the whole answer to a greeting', async () => {
  const sent: ToPrimary[] = [];
  const port = Object.assign(new EventEmitter(), {
    connected: true,
    send: (message: ToPrimary, _handle: undefined, _options: undefined, done: () => void) => {
      sent.push(message);
      done();
    },
  });
  let answered = false;
  const greeting = new PrimaryChannel(port).greet().then(() => {
    answered = true;
  });
  expect(sent).toEqual([{ kind: 'hello' }]);
  port.emit('message', { kind: 'config' });
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  port.emit('message', { kind: 'public-port' });
  await greeting;
});
