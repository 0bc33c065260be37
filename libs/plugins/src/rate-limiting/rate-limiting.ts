import { isIPv6 } from 'node:net';
import type { CallConsumer, CounterReading, GatewayPlugin, PluginAnswer, PluginCall } from '../gateway-plugin.js';
import { RateLimitingConfig } from './rate-limiting.config.js';

/** Windows from the shortest: a call that a short one refuses is not counted against the longer ones. */
const WINDOWS = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
] as const;

interface Limit {
  readonly name: string;
  readonly seconds: number;
  readonly quota: number;
}

/** Limits calls per subscription, or per client address where there is none. */
export const rateLimiting: GatewayPlugin<RateLimitingConfig> = {
  name: 'rate-limiting',
  configClass: RateLimitingConfig,
  compile(config, { counters, scope }) {
    const limits: Limit[] = WINDOWS.flatMap(([name, seconds]) => {
      const quota = config[name];
      return quota == null ? [] : [{ name, seconds, quota }];
    });
    const policy = limits.map(({ name, quota, seconds }) => `"${name}";q=${quota};w=${seconds}`).join(', ');

    /** Of a subscription's calls: a key is needed at each of them, and is as long as a line. */
    const keysOfConsumers = new WeakMap<CallConsumer, readonly string[]>();
    const keysOf = (call: PluginCall): readonly string[] => {
      const { consumer } = call;
      const known = consumer === null ? undefined : keysOfConsumers.get(consumer);
      if (known !== undefined) return known;
      const who = whoCalls(call);
      const keys = limits.map(({ name }) => `${scope}|${name}|${who}`);
      if (consumer !== null) keysOfConsumers.set(consumer, keys);
      return keys;
    };

    const countFrom = (call: PluginCall, keys: readonly string[], first: number, told: string): CountResult => {
      let said = told;
      for (let i = first; i < limits.length; i++) {
        const limit = limits[i] as Limit;
        const reading = counters.increment(keys[i] as string, limit.seconds);
        if (reading instanceof Promise) {
          return reading.then((late) => {
            const saidLate = addReading(said, limit, late);
            return late.count > limit.quota ? refuse(call, policy, saidLate, limit, late) : countFrom(call, keys, i + 1, saidLate);
          });
        }
        said = addReading(said, limit, reading);
        if (reading.count > limit.quota) return refuse(call, policy, said, limit, reading);
      }
      tell(call, policy, said);
      return undefined;
    };

    return { access: (call) => countFrom(call, keysOf(call), 0, '') };
  },
};

type CountResult = PluginAnswer | undefined | Promise<PluginAnswer | undefined>;

/** Names the caller in a counter's key. An IPv6 client owns a whole /64, so its addresses count as one. */
function whoCalls(call: PluginCall): string {
  if (call.consumer !== null) return `subscription:${call.consumer.subscriptionId}`;
  const address = call.clientAddress;
  return `address:${isIPv6(address) ? networkOf(address) : address}`;
}

/** The first 64 bits of an IPv6 address, as four groups. */
function networkOf(address: string): string {
  const [left = '', right] = (address.split('%')[0] as string).split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right ? right.split(':') : [];
  const groups = right === undefined ? head : [...head, ...Array(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}

/** Writes the fields of draft-ietf-httpapi-ratelimit-headers. */
function tell(call: PluginCall, policy: string, said: string): void {
  call.setResponseHeader('RateLimit-Policy', policy);
  call.setResponseHeader('RateLimit', said);
}

/** @param said of the limits before it */
function addReading(said: string, limit: Limit, reading: CounterReading): string {
  const remaining = Math.max(0, limit.quota - reading.count);
  const own = `"${limit.name}";r=${remaining};t=${Math.max(1, Math.ceil(reading.resetMs / 1_000))}`;
  return said === '' ? own : `${said}, ${own}`;
}

function refuse(call: PluginCall, policy: string, said: string, limit: Limit, reading: CounterReading): PluginAnswer {
  tell(call, policy, said);
  const wait = Math.max(1, Math.ceil(reading.resetMs / 1_000));
  return {
    status: 429,
    reason: 'rate-limit',
    headers: { 'Retry-After': String(wait) },
    problem: {
      title: 'Too Many Requests',
      detail: `The limit of ${limit.quota} calls per ${limit.name} is used up. Try again in ${wait} s.`,
    },
  };
}
