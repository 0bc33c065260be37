import { expect, test } from '@jest/globals';
import { MOST_SILENT_BEATS, Pulse } from './pulse.js';

const beats = (pulse: Pulse, count: number): boolean[] => Array.from({ length: count }, () => pulse.beat());

test('a worker that answers at times does not hang, however late it is', () => {
  const pulse = new Pulse();
  pulse.answer(0);
  for (let i = 0; i < 100; i++) {
    expect(beats(pulse, MOST_SILENT_BEATS)).not.toContain(true);
    pulse.answer(i);
  }
});

test('one that is silent for longer hangs', () => {
  const pulse = new Pulse();
  pulse.answer(0);
  expect(beats(pulse, MOST_SILENT_BEATS + 1).at(-1)).toBe(true);
});

test('a start may take a minute', () => {
  const pulse = new Pulse();
  expect(beats(pulse, 60)).not.toContain(true);
  expect(pulse.beat()).toBe(true);
});

test('silence is counted in beats: time that the primary slept through says nothing of its workers', () => {
  const pulse = new Pulse();
  pulse.answer(Date.now() - 3_600_000);
  expect(pulse.beat()).toBe(false);
});
