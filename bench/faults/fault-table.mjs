import { AWAY, KILLED } from './phases.mjs';
import { percentile } from './soak-figures.mjs';
import { formatFailures } from './steady-load.mjs';

const COLUMNS = [
  ['phase', ({ name, seconds }) => `${name}, ${seconds} s`],
  ['calls', ({ times }) => times.length],
  [`failed ${KILLED}`, ({ excused }) => formatFailures(excused.filter(({ why }) => why === KILLED))],
  [`failed ${AWAY}`, ({ excused }) => formatFailures(excused.filter(({ why }) => why === AWAY))],
  ['other failures', ({ needless }) => formatFailures(needless)],
  ['p50, p99, most (ms)', ({ times }) => [50, 99, 100].map((percent) => percentile(times, percent).toFixed(1)).join(', ')],
  ['resident MB (rise a minute)', ({ memory }) => range(memory.resident, `${memory.resident.risePerMinute.toFixed(1)}`)],
  ['MB without garbage', ({ memory }) => memory.left.all.map((left) => left.toFixed(1)).join(' → ')],
  ['', ({ note }) => note],
];

/** A table in Markdown. @param results of the phases */
export function formatPhases(results) {
  return [row(COLUMNS.map(([title]) => title)), row(COLUMNS.map(() => '---')), ...results.map(formatPhase)].join('\n');
}

/** Its row of the table. */
export function formatPhase(result) {
  return row(COLUMNS.map(([, cell]) => cell(result)));
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function range({ first, last }, rise) {
  return `${first.toFixed(0)} → ${last.toFixed(0)} (${rise})`;
}
