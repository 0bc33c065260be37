import { RequestField, type RequestFieldNames } from './request-field.js';

/** The fields of one request, read in one pass: what the gateway looks at by name, and the rest as it came. */
export class RequestFields {
  host: string | undefined = undefined;
  hostCount = 0;
  authorization: string | undefined = undefined;
  authorizationCount = 0;
  apiKey: string | undefined = undefined;
  apiKeyCount = 0;
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
  /** Flat names and values that may go to the upstream, in their order. */
  kept: string[] = [];

  get hasBody(): boolean {
    return this.chunked || (this.contentLength !== undefined && this.contentLength !== '0');
  }
}

/** @param raw flat names and values as they came */
export function readRequestFields(raw: readonly string[], names: RequestFieldNames): RequestFields {
  const fields = new RequestFields();
  const kept = fields.kept;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    switch (names.classify(name)) {
      case RequestField.Keep:
        kept.push(name, value);
        break;
      case RequestField.Host:
        fields.host = value;
        fields.hostCount++;
        break;
      case RequestField.Connection:
        fields.connection = joined(fields.connection, value);
        break;
      case RequestField.Authorization:
        fields.authorization = value;
        fields.authorizationCount++;
        break;
      case RequestField.ApiKey:
        fields.apiKey = value;
        fields.apiKeyCount++;
        break;
      case RequestField.ContentLength:
        fields.contentLength = value;
        break;
      case RequestField.TransferEncoding:
        fields.chunked = true;
        break;
      case RequestField.ForwardedFor:
        fields.forwardedFor = joined(fields.forwardedFor, value);
        break;
      case RequestField.ForwardedProto:
        fields.forwardedProto = value;
        break;
      case RequestField.ForwardedHost:
        fields.forwardedHost = value;
        break;
      case RequestField.ForwardedPort:
        fields.forwardedPort = value;
        break;
      case RequestField.ForwardedPrefix:
        fields.forwardedPrefix = value;
        break;
      case RequestField.Forwarded:
        fields.forwarded = joined(fields.forwarded, value);
        break;
      case RequestField.Traceparent:
        fields.traceparent = joined(fields.traceparent, value);
        break;
      case RequestField.Tracestate:
        fields.tracestate = joined(fields.tracestate, value);
        break;
    }
  }
  if (fields.connection !== undefined) {
    fields.kept = withoutListed(kept, fields.connection);
    if (fields.traceparent !== undefined && /\btrace(?:parent|state)\b/i.test(fields.connection)) {
      fields.traceparent = undefined;
      fields.tracestate = undefined;
    }
  }
  return fields;
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}

/**
 * RFC 9110 §7.6.1: "Intermediaries MUST parse a received Connection header field before a message is forwarded and, for each
 * connection-option in this field, remove any header or trailer field(s) from the message with the same name".
 */
export function withoutListed(fields: string[], connection: string): string[] {
  // Nearly always.
  if (connection === 'keep-alive' || connection === 'close' || connection === 'Keep-Alive') return fields;
  const listed = new Set(connection.split(',').map((option) => option.trim().toLowerCase()));
  const left: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (!listed.has((fields[i] as string).toLowerCase())) left.push(fields[i] as string, fields[i + 1] as string);
  }
  return left;
}
