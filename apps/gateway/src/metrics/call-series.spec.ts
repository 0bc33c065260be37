import { expect, test } from '@jest/globals';
import { ApiSeries, CallSeries, RouteSeries, STATUS_CLASSES } from './call-series.js';

test('BEHAVIOURS 94: reasons that plugins make up as they go are counted together, those from before by themselves', () => {
  const series = new CallSeries('gold');
  series.answerByItself('rate-limit');
  for (let i = 0; i < 1_000; i++) series.answerByItself(`no stock of ${i}`);
  series.answerByItself('rate-limit');
  expect(series.ownAnswers.size).toBe(65);
  expect([series.ownAnswers.get('rate-limit'), series.ownAnswers.get('no stock of 0'), series.ownAnswers.get('other')]).toEqual([
    2, 1, 937,
  ]);
});

test.each([
  [0, 'none'],
  [204, '2xx'],
  [599, '5xx'],
  [999, 'none'],
])('BEHAVIOURS 94: a status of %i is counted under %s', (status, name) => {
  const series = new CallSeries('gold');
  series.end(status, 0.1);
  expect(series.durations.map((durations) => durations?.count ?? 0)).toEqual(STATUS_CLASSES.map((one) => Number(one === name)));
});

test('BEHAVIOURS 94: calls of each plan are counted by themselves, in whatever turns they come', () => {
  const route = new RouteSeries(new ApiSeries('orders'), '/orders');
  for (const plan of ['basic', 'gold', 'gold', 'basic', 'none', 'gold']) route.ofPlan(plan).end(200, 0.001);
  expect([...route.byPlan.values()].map(({ plan, durations }) => [plan, durations[2]?.count])).toEqual([
    ['basic', 2],
    ['gold', 3],
    ['none', 1],
  ]);
});
