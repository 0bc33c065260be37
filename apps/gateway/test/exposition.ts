/** Reads the text format of Prometheus. */

export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly text: string;
  /** Name → type, of every metric that is told, with or without samples. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ExposedSample[];
  /** Sum of the samples of a name that have these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;

/** @throws Error for a line that the format does not have */
export function readExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: ExposedSample[] = [];
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (typed && type) types.set(typed, type);
    if (line === '' || line.startsWith('# ')) continue;
    const [, name, inside = '', value] = SAMPLE.exec(line) ?? [];
    if (!name || value === undefined) throw new Error(`Not a sample: ${line}`);
    const labels = Object.fromEntries(Array.from(inside.matchAll(LABEL), ([, label, content]) => [label, content]));
    samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
  }
  return {
    text,
    types,
    samples,
    sum: (name, labels = {}) =>
      samples
        .filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
        .reduce((total, sample) => total + sample.value, 0),
  };
}

export async function scrape(internalUrl: string): Promise<Exposition> {
  const response = await fetch(`${internalUrl}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  return readExposition(await response.text());
}
