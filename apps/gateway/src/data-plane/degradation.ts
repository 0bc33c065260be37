/** What a gateway that goes on serving has to do without. */
export type Degradation =
  /** Unknown credentials are answered 503, and changes do not arrive. */
  | 'database'
  /** For longer than known credentials are trusted: all are answered 503. */
  | 'change-feed'
  /** Limits hold per gateway. */
  | 'redis'
  /** The config in force is the last good one of the disk. */
  | 'config-from-disk'
  /** The folder has faults; an earlier config is in force. */
  | 'config-refused'
  /** Calls of some APIs are answered 503: all of their targets are left out. */
  | 'upstream';

export function listDegradations(conditions: {
  readonly databaseFails: boolean;
  readonly changesNotFollowed: boolean;
  readonly redisFails: boolean;
  readonly configFromDisk: boolean;
  readonly configRefused: boolean;
  readonly upstreamsGone: boolean;
}): Degradation[] {
  const degradations: Degradation[] = [];
  if (conditions.databaseFails) degradations.push('database');
  if (conditions.changesNotFollowed) degradations.push('change-feed');
  if (conditions.redisFails) degradations.push('redis');
  if (conditions.configFromDisk) degradations.push('config-from-disk');
  if (conditions.configRefused) degradations.push('config-refused');
  if (conditions.upstreamsGone) degradations.push('upstream');
  return degradations;
}
