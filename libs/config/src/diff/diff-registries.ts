import type { RegistrySnapshot } from '../registry.js';
import { leavesOf } from './leaves-of.js';

/** What two snapshots differ in about one thing. Keys alone, no values: any of these may have come from a secret. */
export interface ConfigChange {
  /** Such as `api orders`, `subscription shop/orders`; `installation` for gatehouse.yaml. */
  readonly thing: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of a thing that changed: its keys that came, went, or have another value. */
  readonly keys: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] };
}

const NO_KEYS = { added: [], removed: [], changed: [] };

/** Compares what is in force with what would be; in the order of the things' names. */
export function diffRegistries(before: RegistrySnapshot, after: RegistrySnapshot): ConfigChange[] {
  const old = thingsOf(before);
  const now = thingsOf(after);
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((thing): ConfigChange[] => {
    if (!old.has(thing)) return [{ thing, change: 'added', keys: NO_KEYS }];
    if (!now.has(thing)) return [{ thing, change: 'removed', keys: NO_KEYS }];
    const keys = diffKeys(leavesOf(old.get(thing)), leavesOf(now.get(thing)));
    return keys.added.length + keys.removed.length + keys.changed.length === 0 ? [] : [{ thing, change: 'changed', keys }];
  });
}

function diffKeys(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ConfigChange['keys'] {
  return {
    added: [...now.keys()].filter((key) => !old.has(key)),
    removed: [...old.keys()].filter((key) => !now.has(key)),
    changed: [...now.keys()].filter((key) => old.has(key) && old.get(key) !== now.get(key)),
  };
}

/** Everything that a snapshot declares, by name, each without what is a thing of its own. */
function thingsOf(snapshot: RegistrySnapshot): Map<string, object> {
  const { fingerprint: _, groups, authMethods, pools, plans, apis, declared, ...installation } = snapshot;
  const things = new Map<string, object>([['installation', installation]]);
  for (const [kind, parts] of [
    ['group', groups],
    ['auth method', authMethods],
    ['pool', pools],
    ['plan', plans],
  ] as const) {
    for (const [id, part] of parts) things.set(`${kind} ${id}`, part);
  }
  for (const { routes, ...api } of apis.values()) {
    things.set(`api ${api.id}`, api);
    for (const route of routes) {
      const methods = route.methods.length === 0 ? '' : ` ${route.methods.join('|')}`;
      things.set(`route ${api.id}${methods} ${[...route.hosts, ...route.paths].join(' ')}`, route);
    }
  }
  for (const { subscriptions, ...application } of declared.applications) {
    things.set(`application ${application.id}`, application);
    for (const subscription of subscriptions) things.set(`subscription ${application.id}/${subscription.api}`, subscription);
  }
  for (const user of declared.users) things.set(`user ${user.email}`, user);
  return things;
}
