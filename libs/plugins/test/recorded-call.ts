import type { CallConsumer, PluginCall } from '../src/gateway-plugin.js';

export const CONSUMER: CallConsumer = {
  applicationId: 'shop',
  subscriptionId: 'sub-1',
  planId: 'basic',
  credentialIdentifier: 'shop-orders',
  userId: null,
  scopes: [],
};

/** A call whose request is given, and that remembers what a plugin did to it. */
export class RecordedCall implements PluginCall {
  method = 'GET';
  path = '/orders/v1';
  apiId = 'orders';
  clientAddress = '192.0.2.1';
  correlationId = 'made-by-gateway';
  consumer: CallConsumer | null = null;
  status = 0;
  readonly request: Record<string, string>;
  readonly upstream: Record<string, string> = {};
  readonly response: Record<string, string> = {};
  readonly removed: string[] = [];

  constructor(given: Partial<Pick<RecordedCall, 'method' | 'consumer' | 'clientAddress'>> = {}, request: Record<string, string> = {}) {
    Object.assign(this, given);
    this.request = request;
  }

  requestHeader(name: string): string | undefined {
    return this.request[name];
  }

  setUpstreamHeader(name: string, value: string): void {
    this.upstream[name] = value;
  }

  setResponseHeader(name: string, value: string): void {
    this.response[name] = value;
  }

  appendResponseHeader(name: string, value: string): void {
    this.response[name] = this.response[name] === undefined ? value : `${this.response[name]}, ${value}`;
  }

  removeResponseHeader(name: string): void {
    this.removed.push(name);
  }
}

/** Counters that never run out, for plugins that have none. */
export const NO_COUNTERS = {
  increment: (): never => {
    throw new Error('counted where nothing should be');
  },
};
