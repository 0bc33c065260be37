import type { IncomingMessage } from 'node:http';
import { type Issuer, resolveIssuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import { readRequestBody } from '../http/request-body.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { parseJsonParameters } from '../protocol/json-parameters.js';
import { OAuthError } from '../protocol/oauth-error.js';
import type { Parameters } from '../protocol/parameters.js';

const KNOWN = [
  'grant_type',
  'client_id',
  'client_secret',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
  'resource',
  'token',
  'token_type_hint',
  'username',
  'password',
  'device_code',
  'namespace',
] as const;

/** What the token endpoint and its neighbours (revocation, introspection) are asked. */
export interface ClientRequest {
  readonly snapshot: RegistrySnapshot;
  readonly authMethodId: string;
  readonly apiId: string;
  readonly request: IncomingMessage;
  /** As it came. */
  readonly query: string;
  /** Of the client, by the trusted proxies. */
  readonly address: string;
}

export function checkIssuer(snapshot: RegistrySnapshot, authMethodId: string, apiId: string): Issuer {
  const issuer = resolveIssuer(snapshot, authMethodId, apiId);
  if (issuer === null) throw new OAuthError('invalid_request', 'There is no authorization server at this URL', { status: 404 });
  return issuer;
}

/** RFC 6749 §3.2: "The client MUST use the HTTP POST method." */
export function checkMethod(method: string): void {
  if (method !== 'POST') throw new OAuthError('invalid_request', 'Use POST', { status: 405, headers: { Allow: 'POST, OPTIONS' } });
}

/** RFC 6749 §2.3.1: credentials "MUST NOT be included in the request URI", where logs keep them. */
export function checkQuery(query: string): void {
  const parameters = parseFormParameters(query);
  const found = KNOWN.find((name) => parameters.get(name) !== undefined || parameters.faultOf(name) !== undefined);
  if (found !== undefined) throw new OAuthError('invalid_request', `Send ${found} in the body, not in the URL`);
}

/** Reads a form-urlencoded or a JSON body. */
export async function readTokenRequest(request: IncomingMessage): Promise<Parameters> {
  const body = await readRequestBody(request);
  if (!body.read) {
    if (body.reason === 'too-large') throw new OAuthError('invalid_request', 'The body is too large', { status: 413 });
    const encoded = body.reason === 'encoded';
    throw new OAuthError('invalid_request', encoded ? 'Send the body without Content-Encoding' : 'The body must be UTF-8 text', {
      status: encoded ? 415 : 400,
    });
  }
  const parameters = parseBody(body.mediaType, body.text);
  const fault = parameters.firstFault(KNOWN);
  if (fault !== null) throw new OAuthError('invalid_request', `${fault.name} is ${fault.fault}`);
  return parameters;
}

function parseBody(mediaType: string, text: string): Parameters {
  switch (mediaType) {
    case 'application/x-www-form-urlencoded':
      return parseFormParameters(text);
    case 'application/json': {
      const parameters = parseJsonParameters(text);
      if (parameters === null) throw new OAuthError('invalid_request', 'The body must be one JSON object with strings as members');
      return parameters;
    }
    default:
      throw new OAuthError('invalid_request', 'Content-Type must be application/x-www-form-urlencoded or application/json', {
        status: 415,
      });
  }
}
