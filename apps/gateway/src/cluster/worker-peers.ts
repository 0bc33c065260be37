import { shareOf, type UpstreamPeers } from '../upstream/upstream-peers.js';
import type { PrimaryChannel } from './primary-channel.js';

/** The other workers, by way of the primary. The first worker checks targets for all; dead, it is replaced under its number. */
export function workerPeers(channel: Pick<PrimaryChannel, 'send' | 'on'>, number: number, count: number): UpstreamPeers {
  return {
    checks: number === 1,
    share: (total) => shareOf(total, number, count),
    part: (total) => total / count,
    tell: (news) => void channel.send({ kind: 'target-news', news }),
    onNews: (listener) => channel.on('target-news', ({ news }) => listener(news)),
  };
}
