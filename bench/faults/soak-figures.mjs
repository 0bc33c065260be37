export function percentile(values, percent) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** Slope of the line of least squares through values that were read every so many milliseconds. */
export function risePerHour(values, everyMs) {
  const meanTime = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  values.forEach((value, i) => {
    covariance += (i - meanTime) * (value - mean);
    variance += (i - meanTime) ** 2;
  });
  return (covariance / variance) * (3_600_000 / everyMs);
}
