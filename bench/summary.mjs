export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Medians over the rounds; ratios to the first contender are taken within each round, so that a slow minute of the machine counts on both sides. */
export function summarise(results) {
  const [base] = results.values();
  const over = (rounds, of) => median(rounds.map(of));
  return [...results].map(([name, rounds]) => ({
    name,
    callsPerSecond: over(rounds, (round) => round.callsPerSecond),
    cpuMicros: over(rounds, (round) => round.cpuMicros),
    p50: over(rounds, (round) => round.p50),
    p99: over(rounds, (round) => round.p99),
    callsRatio: over(rounds, (round, index) => round.callsPerSecond / base[index].callsPerSecond),
    ratio: over(rounds, (round, index) => round.cpuMicros / base[index].cpuMicros),
  }));
}

/** A Markdown table. @param columns heading → what of a row stands under it */
export function formatTable(rows, columns) {
  const headings = Object.keys(columns);
  return [
    `| ${headings.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(headings.length - 1)}`,
    ...rows.map((row) => `| ${headings.map((heading) => columns[heading](row)).join(' | ')} |`),
  ].join('\n');
}

export const CALL_COLUMNS = {
  contender: (row) => row.name,
  'calls/s': (row) => row.callsPerSecond.toFixed(0),
  'CPU µs per call': (row) => row.cpuMicros.toFixed(1),
  '× first': (row) => row.ratio.toFixed(2),
  'p50 ms': (row) => row.p50.toFixed(2),
  'p99 ms': (row) => row.p99.toFixed(2),
};
