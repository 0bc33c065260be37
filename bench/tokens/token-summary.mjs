import { median } from '../summary.mjs';

/** One row per kind of token: medians over the rounds; ratios are taken within each round. */
export function formatTokenTable(results) {
  const rows = [...results].map(([kind, { gatehouse, peer }]) => {
    const of = (rounds, key, digits = 0) => {
      const numbers = rounds.map((round) => round[key]).filter((number) => number !== null);
      return numbers.length === 0 ? '–' : median(numbers).toFixed(digits);
    };
    const ratio = (value) => (peer.length === 0 ? '–' : median(gatehouse.map(value)).toFixed(2));
    const cells = [
      kind,
      `${of(gatehouse, 'perSecond')} / ${of(peer, 'perSecond')}`,
      ratio((round, i) => round.perSecond / peer[i].perSecond),
      `${of(gatehouse, 'p99', 1)} / ${of(peer, 'p99', 1)}`,
      `${of(gatehouse, 'cpuMicros')} / ${of(peer, 'cpuMicros')}`,
      ratio((round, i) => round.cpuMicros / peer[i].cpuMicros),
      of(gatehouse, 'databaseMicros'),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    'Gatehouse / oidc-provider',
    '',
    '| tokens | tokens/s | ratio | p99 ms | CPU µs per token | ratio | database CPU µs |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    ...(results.values().next().value.peer.length === 0 ? [] : ['', ...formatTargets(results)]),
  ].join('\n');
}

/** Aims: tokens/s, as a multiple of the peer's client_credentials of the same round. */
const AIMS = [
  ['client_credentials', [1.5]],
  ['authorization_code', [0.5, 0.75]],
  ['refresh_token', [0.5, 0.75]],
];

function formatTargets(results) {
  const { peer } = results.get('client_credentials, opaque') ?? { peer: [] };
  if (peer.length === 0) return [];
  return AIMS.filter(([grant]) => results.has(`${grant}, opaque`)).map(([grant, aims]) => {
    const { gatehouse } = results.get(`${grant}, opaque`);
    const reached = median(gatehouse.map((round, i) => round.perSecond / peer[i].perSecond));
    return `${grant}: ${reached.toFixed(2)} × oidc-provider's client_credentials (aim: ${aims.join(', or half of ours at 1.5: ')})`;
  });
}
