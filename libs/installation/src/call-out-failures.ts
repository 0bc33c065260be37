import type { DataSource } from 'typeorm';
import type { CallOutError } from '#call-out/call-out-error.js';
import type { CallOutTarget } from '#call-out/call-outs.js';
import { recordAudit } from '#persistence/audit/audit-event.js';
import type { Logger } from '#process/logger.js';

/** Tells the operator of call-outs that fail: the log each time, the audit log when it begins, so that a flood does not fill it. */
export class CallOutFailures {
  /** Ids of the APIs whose service failed last. */
  readonly #failing = new Set<string>();

  /** @param callOut key of the config by which the services are named */
  constructor(
    private readonly callOut: 'passthroughScopeUrl' | 'scopeLookupUrl',
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  async report(apiId: string, { url }: CallOutTarget, { fault, detail }: CallOutError): Promise<void> {
    const { origin, pathname } = new URL(url);
    this.logger.warn({ api: apiId, service: `${origin}${pathname}`, fault, detail }, `call-out failed: ${this.callOut}`);
    if (this.#failing.has(apiId)) return;
    this.#failing.add(apiId);
    const details = { callOut: this.callOut, fault, detail };
    await recordAudit(this.dataSource, [{ kind: 'call-out-failed', actor: 'system', subject: `api:${apiId}`, address: null, details }]);
  }

  /** The service has answered. */
  settle(apiId: string): void {
    this.#failing.delete(apiId);
  }
}
