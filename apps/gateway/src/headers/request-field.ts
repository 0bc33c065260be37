/**
 * What the gateway does with each field of a request, decided by its name alone. The answers are remembered for the names that
 * come again and again, so a call costs one look-up per field.
 */

import { NameMemory } from '../http1/name-memory.js';
import { HOP_BY_HOP } from './hop-by-hop.js';

export enum RequestField {
  /** Goes to the upstream as it came. */
  Keep,
  /** Never goes to the upstream. */
  Drop,
  /** Neither does this, and it changes how the message or its connection is read. */
  Framing,
  Host,
  Connection,
  Authorization,
  ApiKey,
  ContentLength,
  TransferEncoding,
  ForwardedFor,
  ForwardedProto,
  ForwardedHost,
  ForwardedPort,
  ForwardedPrefix,
  Forwarded,
  Traceparent,
  Tracestate,
  /** Never goes to the upstream as it came; a plugin may take it over. */
  CorrelationId,
}

/** `Expect` is answered here and would be in the way upstream. */
const FRAMING = ['te', 'trailer', 'upgrade', 'expect', 'proxy-connection'];

/** Who calls is said by the gateway alone (RFC 9700 §4.13). */
const IDENTITY = ['x-credential-identifier', 'x-credential-username', 'x-anonymous-consumer', 'x-plan-id'];
const OWN_PREFIXES = ['x-consumer-', 'x-authenticated-', 'x-forwarded-'];

/** Some servers let these override the path or the client's address, past what was matched and authorised here. */
const OVERRIDES = ['x-original-url', 'x-rewrite-url', 'x-real-ip', 'x-original-host'];

const OWN: Readonly<Record<string, RequestField>> = {
  ...Object.fromEntries(FRAMING.map((name) => [name, RequestField.Framing])),
  host: RequestField.Host,
  connection: RequestField.Connection,
  authorization: RequestField.Authorization,
  'content-length': RequestField.ContentLength,
  'transfer-encoding': RequestField.TransferEncoding,
  'x-forwarded-for': RequestField.ForwardedFor,
  'x-forwarded-proto': RequestField.ForwardedProto,
  'x-forwarded-host': RequestField.ForwardedHost,
  'x-forwarded-port': RequestField.ForwardedPort,
  'x-forwarded-prefix': RequestField.ForwardedPrefix,
  forwarded: RequestField.Forwarded,
  traceparent: RequestField.Traceparent,
  tracestate: RequestField.Tracestate,
  'x-correlation-id': RequestField.CorrelationId,
};

const DROPPED: ReadonlySet<string> = new Set([...FRAMING, ...HOP_BY_HOP, 'http2-settings', ...IDENTITY, ...OVERRIDES]);

export class RequestFieldNames {
  readonly #apiKeyHeader: string;
  readonly #known = new NameMemory();

  /** @param apiKeyHeader lower-case */
  constructor(apiKeyHeader: string) {
    this.#apiKeyHeader = apiKeyHeader;
  }

  classify(name: string): RequestField {
    const known = this.#known.findText(name);
    return known === -1 ? this.#learn(name) : known;
  }

  /**
   * The same, of a name that stands in a message.
   * @param text the bytes as Latin-1
   * @param hash of the bytes from start to end
   */
  classifyBytes(bytes: Uint8Array, text: string, start: number, end: number, hash: number): RequestField {
    const known = this.#known.find(bytes, start, end, hash);
    return known === -1 ? this.#learn(text.slice(start, end)) : known;
  }

  #learn(name: string): RequestField {
    const field = this.#decide(name.toLowerCase());
    this.#known.remember(name, field);
    return field;
  }

  #decide(name: string): RequestField {
    if (name === this.#apiKeyHeader) return RequestField.ApiKey;
    if (Object.hasOwn(OWN, name)) return OWN[name] as RequestField;
    // CGI and its heirs read `X_Consumer.Id` as `X-Consumer-Id`: every spelling of a name that is ours goes.
    const plain = plainSpelling(name);
    const ours = DROPPED.has(plain) || Object.hasOwn(OWN, plain) || plain === plainSpelling(this.#apiKeyHeader);
    return ours || OWN_PREFIXES.some((prefix) => plain.startsWith(prefix)) ? RequestField.Drop : RequestField.Keep;
  }
}

function plainSpelling(name: string): string {
  return name.replace(/[^a-z0-9]/g, '-');
}
