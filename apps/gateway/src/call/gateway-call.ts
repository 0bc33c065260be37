// As a global it is found through an accessor, anew for each call.
import { performance } from 'node:perf_hooks';
import { resolveClientAddress } from '#http/client-address.js';
import type { CallConsumer, PluginCall } from '#plugins/gateway-plugin.js';
import type { ResolvedCredential } from '../credential/resolved-credential.js';
import type { Hop } from '../headers/forwarded.js';
import type { RequestFields } from '../headers/request-fields.js';
import type { FieldEdit } from '../http1/edited-lines.js';
import { checkFieldValue } from '../http1/field-lines.js';
import { type FieldName, fieldName } from '../http1/field-name.js';
import type { CallRoute, CallTable } from '../route/call-table.js';
import type { PluginChain } from '../route/plugin-chain.js';
import type { CallTrace } from '../tracing/call-trace.js';
import type { Requester } from '../transport/caller.js';
import type { CallRecord, CutBy } from './call-record.js';
import { correlationIdIn, correlationLine, createCorrelationLine } from './correlation-id.js';

/** Of a call that no route (yet) has plugins for. */
export const NO_CHAIN: PluginChain = { request: [], access: [], response: [], log: [], repeatable: true };

/** @throws TypeError for what is no name of a field, or one that frames or routes a message */
function checkedName(name: string): FieldName {
  const field = fieldName(name);
  if (field.forbidden) throw new TypeError(`A plugin may not set the field ${name}.`);
  return field;
}

/** One call on its way through the pipeline; what plugins see of it is `PluginCall`. */
export class GatewayCall<R extends Requester = Requester> implements PluginCall, Hop, CallRecord {
  readonly fields: RequestFields;
  readonly peer: string;
  readonly secure: boolean;
  readonly trusted: boolean;
  /** Host asked for, with its port where it has one. */
  host = '';
  path = '';
  query = '';
  route: CallRoute | null = null;
  /** The part of the path by which the route was found. */
  prefix = '';
  /** Methods served at the path, where the call's is none of them; answered after plugins had their say (a preflight). */
  allow: readonly string[] | null = null;
  chain: PluginChain = NO_CHAIN;
  credential: ResolvedCredential | null = null;
  status = 0;
  /** Flat names and values that plugins set towards the upstream. */
  upstreamFields: string[] | null = null;
  responseEdits: FieldEdit[] | null = null;
  #correlationLine = createCorrelationLine();
  #correlationId: string | null = null;
  correlationIdGiven = false;
  readonly startedAt = performance.now();
  readonly trace: CallTrace | null;
  upstreamAt = 0;
  answeredAt = 0;
  ownAnswer = '';
  cutBy: CutBy = '';
  bytesIn = 0;
  bytesOut = 0;
  #clientAddress: string | null = null;

  constructor(
    readonly caller: R,
    readonly table: CallTable,
  ) {
    this.fields = caller.readFields(table.fieldNames);
    this.peer = caller.peer;
    this.secure = caller.secure;
    this.trusted = !table.trustedProxies.empty && table.trustedProxies.includes(caller.peer);
    this.trace = table.recorder.begin(caller.method, this.fields);
  }

  get correlationId(): string {
    this.#correlationId ??= correlationIdIn(this.#correlationLine);
    return this.#correlationId;
  }

  /** @throws TypeError for what no field may hold: it goes to upstreams as it is */
  set correlationId(id: string) {
    checkFieldValue('X-Correlation-Id', id);
    this.#correlationId = id;
    this.#correlationLine = correlationLine(id);
    this.correlationIdGiven = true;
  }

  /** How upstreams are told of it, with its CRLF. */
  get correlationLine(): string {
    return this.#correlationLine;
  }

  get method(): string {
    return this.caller.method;
  }

  get apiId(): string {
    return this.route?.api.id ?? '';
  }

  get consumer(): CallConsumer | null {
    return this.credential?.consumer ?? null;
  }

  get clientAddress(): string {
    this.#clientAddress ??= resolveClientAddress(this.peer, this.fields.forwardedFor, this.table.trustedProxies);
    return this.#clientAddress;
  }

  requestHeader(name: string): string | undefined {
    return name === 'x-correlation-id' ? this.fields.correlationId : this.caller.field(name);
  }

  setUpstreamHeader(name: string, value: string): void {
    // Said to every upstream anyway.
    if (name === 'X-Correlation-Id' && value === this.correlationId && this.upstreamFields === null) return;
    checkedName(name);
    this.upstreamFields ??= [];
    this.upstreamFields.push(name, value);
  }

  setResponseHeader(name: string, value: string): void {
    this.#edit({ kind: 'set', field: checkedName(name), value });
  }

  appendResponseHeader(name: string, value: string): void {
    this.#edit({ kind: 'append', field: checkedName(name), value });
  }

  removeResponseHeader(name: string): void {
    this.#edit({ kind: 'remove', field: fieldName(name), value: '' });
  }

  #edit(edit: FieldEdit): void {
    this.responseEdits ??= [];
    this.responseEdits.push(edit);
  }
}
