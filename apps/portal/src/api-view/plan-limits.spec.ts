import { expect, test } from '@jest/globals';
import { sampleApi, samplePlan, sampleSnapshot } from '../../test/sample-snapshot.js';
import { wordPlanLimits } from './plan-limits.js';

const limit = (config: object) => [{ name: 'rate-limiting', config }];
const limited = sampleApi({ plugins: limit({ minute: 5 }) });
const [route] = limited.routes;

test.each([
  [{ hour: 100 }, '100 calls an hour'],
  [{ second: 1 }, '1 call a second'],
  [{ day: 1_000_000, second: 10 }, '10 calls a second, 1,000,000 a day'],
])('the limits %j of a plan read "%s"', (config, words) => {
  expect(wordPlanLimits(sampleSnapshot(), sampleApi(), samplePlan({ plugins: limit(config) }))).toBe(words);
});

test('a plan without limits has those of the API, then those of the installation', () => {
  const free = samplePlan({ plugins: [] });
  expect(wordPlanLimits(sampleSnapshot(), limited, free)).toBe('5 calls a minute');
  expect(wordPlanLimits(sampleSnapshot([], { plugins: limit({ day: 9 }) }), sampleApi(), free)).toBe('9 calls a day');
  expect(wordPlanLimits(sampleSnapshot(), sampleApi(), free)).toBe('Unlimited calls');
});

test('limits of a single route are not kept quiet', () => {
  const api = sampleApi({ routes: [{ ...route!, plugins: limit({ hour: 1 }) }] });
  expect(wordPlanLimits(sampleSnapshot(), api, samplePlan({ plugins: [] }))).toBe(
    'Unlimited calls; some addresses have limits of their own',
  );
  expect(wordPlanLimits(sampleSnapshot(), api, samplePlan())).toBe('100 calls an hour');
});
