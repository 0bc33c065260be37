import { FieldBlock } from '../http1/field-lines.js';
import { withoutListed } from './hop-by-hop.js';
import { RequestField, type RequestFieldNames } from './request-field.js';

const NO_FIELDS = FieldBlock.ofFields([]);

/** The fields of one request: what the gateway looks at by name, and the rest as it came. */
export class RequestFields {
  /** How many fields there are. */
  count = 0;
  host: string | undefined = undefined;
  hostCount = 0;
  /** Whether whoever read the head has found the host to be a plain name or address. */
  hostChecked = false;
  authorization: string | undefined = undefined;
  authorizationCount = 0;
  apiKey: string | undefined = undefined;
  apiKeyCount = 0;
  /** What it lists is for this connection alone, a credential as well: it may open the API, and must not go on (`hop-by-hop.ts`). */
  connection: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  chunked = false;
  forwardedFor: string | undefined = undefined;
  forwardedProto: string | undefined = undefined;
  forwardedHost: string | undefined = undefined;
  forwardedPort: string | undefined = undefined;
  forwardedPrefix: string | undefined = undefined;
  forwarded: string | undefined = undefined;
  traceparent: string | undefined = undefined;
  tracestate: string | undefined = undefined;
  /** The client's first. */
  correlationId: string | undefined = undefined;
  /** What may go to the upstream, in its order. */
  kept: FieldBlock = NO_FIELDS;

  get hasBody(): boolean {
    return this.chunked || (this.contentLength !== undefined && this.contentLength !== '0');
  }

  /** Takes note of a field that the gateway knows; of any other kind there is nothing to note. */
  note(field: RequestField, value: string): void {
    switch (field) {
      case RequestField.Host:
        this.host = value;
        this.hostCount++;
        break;
      case RequestField.Connection:
        this.connection = joined(this.connection, value);
        break;
      case RequestField.Authorization:
        this.authorization = value;
        this.authorizationCount++;
        break;
      case RequestField.ApiKey:
        this.apiKey = value;
        this.apiKeyCount++;
        break;
      case RequestField.ContentLength:
        this.contentLength = value;
        break;
      case RequestField.TransferEncoding:
        this.chunked = true;
        break;
      case RequestField.ForwardedFor:
        this.forwardedFor = joined(this.forwardedFor, value);
        break;
      case RequestField.ForwardedProto:
        this.forwardedProto = value;
        break;
      case RequestField.ForwardedHost:
        this.forwardedHost = value;
        break;
      case RequestField.ForwardedPort:
        this.forwardedPort = value;
        break;
      case RequestField.ForwardedPrefix:
        this.forwardedPrefix = value;
        break;
      case RequestField.Forwarded:
        this.forwarded = joined(this.forwarded, value);
        break;
      case RequestField.Traceparent:
        this.traceparent = joined(this.traceparent, value);
        break;
      case RequestField.Tracestate:
        this.tracestate = joined(this.tracestate, value);
        break;
      case RequestField.CorrelationId:
        this.correlationId ??= value;
        break;
    }
  }
}

/** @param raw flat names and values as they came */
export function readRequestFields(raw: readonly string[], names: RequestFieldNames): RequestFields {
  const fields = new RequestFields();
  const kept: string[] = [];
  fields.count = raw.length / 2;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const field = names.classify(name);
    if (field === RequestField.Keep) kept.push(name, value);
    else fields.note(field, value);
  }
  fields.kept = FieldBlock.ofFields(fields.connection === undefined ? kept : withoutListed(kept, fields.connection));
  if (fields.connection !== undefined && fields.traceparent !== undefined && /\btrace(?:parent|state)\b/i.test(fields.connection)) {
    fields.traceparent = undefined;
    fields.tracestate = undefined;
  }
  return fields;
}

/** First value of a field among flat names and values. @param name lower-case */
export function firstField(fields: readonly string[], name: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) {
    const field = fields[i] as string;
    if (field.length === name.length && field.toLowerCase() === name) return fields[i + 1];
  }
  return undefined;
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
