/**
 * Looks up the scopes of APIs at services of the operator's (`scopeLookupUrl`): at start, at each reload of the config, and again and
 * again while the process runs. What was found becomes part of the snapshot in force, so that everybody who asks that for scopes
 * sees it. The last good answer stays when a service fails, and outlives the process in the database.
 */
import { CallOutError } from '#call-out/call-out-error.js';
import type { CallOuts } from '#call-out/call-outs.js';
import { type LookedUpScopes, withLookedUpScopes } from '#config/compile/with-looked-up-scopes.js';
import type { CallOutUrl, RegistrySnapshot } from '#config/registry.js';
import type { Registry } from '#config/registry-holder.js';
import type { ScopeLookupStore } from '#persistence/scope-lookup/scope-lookup.store.js';
import type { Logger } from '#process/logger.js';
import type { CallOutFailures } from '../call-out-failures.js';
import { readScopes } from './read-scopes.js';

/** Milliseconds between two rounds. */
const INTERVAL = 30_000;
/** Milliseconds until the next round where a service gave no answer. */
const RETRY_INTERVAL = 5_000;

export interface ScopeLookupsDeps {
  readonly callOuts: CallOuts;
  readonly failures: CallOutFailures;
  readonly store: ScopeLookupStore;
  readonly logger: Logger;
}

interface Lookup {
  readonly apiId: string;
  readonly service: CallOutUrl;
}

export class ScopeLookups {
  readonly #deps: ScopeLookupsDeps;
  /** By URL; no more than the config names. */
  readonly #found = new Map<string, LookedUpScopes>();
  /** By URL: whoever wants the same at the same time shares it. */
  readonly #underWay = new Map<string, Promise<boolean>>();
  /** The config as it was read. */
  #config: RegistrySnapshot | null = null;
  #changed = false;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: ScopeLookupsDeps) {
    this.#deps = deps;
  }

  /** Looks up what a config names, each within the time of a call-out. */
  async prepare(config: RegistrySnapshot): Promise<void> {
    const lookups = lookupsOf(config);
    await this.#recall(lookups);
    await this.#lookUp(lookups);
  }

  /** @returns the snapshot of a config that comes into force, with what is known by now */
  join(config: RegistrySnapshot): RegistrySnapshot {
    const lookups = lookupsOf(config);
    this.#config = config;
    for (const url of this.#found.keys()) if (!lookups.some(({ service }) => service.url === url)) this.#found.delete(url);
    this.#changed = false;
    return withLookedUpScopes(config, this.#found);
  }

  /** Puts in force what changes from now on. */
  follow(registry: Registry): void {
    this.#schedule(registry, RETRY_INTERVAL);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #schedule(registry: Registry, delay: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#refresh(registry);
    }, delay).unref();
  }

  async #refresh(registry: Registry): Promise<void> {
    const answered = await this.#lookUp(this.#config === null ? [] : lookupsOf(this.#config));
    if (this.#changed && this.#config !== null && !this.#closed) {
      this.#changed = false;
      registry.swap({ snapshot: withLookedUpScopes(this.#config, this.#found), source: registry.source });
    }
    this.#schedule(registry, answered ? INTERVAL : RETRY_INTERVAL);
  }

  /** @returns whether all services answered */
  async #lookUp(lookups: readonly Lookup[]): Promise<boolean> {
    const answered = await Promise.all(lookups.map((lookup) => this.#share(lookup)));
    return answered.every((one) => one);
  }

  #share(lookup: Lookup): Promise<boolean> {
    const { url } = lookup.service;
    const current = this.#underWay.get(url) ?? this.#ask(lookup).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, current);
    return current;
  }

  async #ask({ apiId, service }: Lookup): Promise<boolean> {
    const { callOuts, failures, logger } = this.#deps;
    try {
      const scopes = readScopes(await callOuts.get(service));
      failures.settle(apiId);
      await this.#keep(apiId, service.url, scopes);
      return true;
    } catch (error) {
      // A database that is away keeps nobody from the last good answer.
      const report = error instanceof CallOutError ? failures.report(apiId, service, error) : Promise.reject(error);
      await report.catch((fault: unknown) => logger.error({ err: fault, api: apiId }, 'Looking up scopes: the database is away'));
      return false;
    }
  }

  async #keep(apiId: string, url: string, scopes: LookedUpScopes): Promise<void> {
    const known = this.#found.get(url);
    if (known !== undefined && JSON.stringify([...known]) === JSON.stringify([...scopes])) return;
    // Stored first, so that what is in force outlives the process.
    await this.#deps.store.save({ url, scopes: [...scopes] });
    this.#found.set(url, scopes);
    this.#changed = true;
    this.#deps.logger.info({ api: apiId, scopes: scopes.size }, 'Scopes looked up');
  }

  /** The last good answers, of whichever process. */
  async #recall(lookups: readonly Lookup[]): Promise<void> {
    const urls = lookups.map(({ service }) => service.url).filter((url) => !this.#found.has(url));
    if (urls.length === 0) return;
    try {
      for (const { url, scopes } of await this.#deps.store.find(urls)) this.#found.set(url, new Map(scopes));
    } catch (error) {
      // Nor can what the services say now be kept, so that it is asked for again until it can.
      this.#deps.logger.error({ err: error }, 'Scopes looked up earlier cannot be read: the database is away');
    }
  }
}

function lookupsOf({ apis }: RegistrySnapshot): Lookup[] {
  return [...apis.values()].flatMap(({ id, oauth2 }) => (oauth2?.scopeLookupUrl ? [{ apiId: id, service: oauth2.scopeLookupUrl }] : []));
}
