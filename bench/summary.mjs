const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Medians over the rounds; ratios are taken within each round, so that a slow minute of the machine counts on both sides. */
export function summarise(results, baseline) {
  const base = results.get(baseline);
  return [...results].map(([name, rounds]) => ({
    name,
    callsPerSecond: median(rounds.map((round) => round.callsPerSecond)),
    cpuMicros: median(rounds.map((round) => round.cpuMicros)),
    ratio: median(rounds.map((round, index) => round.cpuMicros / base[index].cpuMicros)),
  }));
}

export function formatTable(rows) {
  return [
    '| contender | calls/s | CPU µs per call | × nginx bare |',
    '| --- | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row.name} | ${row.callsPerSecond.toFixed(0)} | ${row.cpuMicros.toFixed(1)} | ${row.ratio.toFixed(2)} |`),
  ].join('\n');
}
