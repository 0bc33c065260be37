/**
 * The token endpoint's plain case, in front of Express and Nest, whose routing costs more than a token: a POST to the bare URL. What
 * is anything else (another method, a query, another spelling) goes on to TokenController. Both run the same flow (token-flow.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from '#config/registry-holder.js';
import type { Logger } from '#process/logger.js';
import type { ClientAddresses } from '../http/client-addresses.js';
import { describeFault } from '../http/oauth-fault.js';
import { NO_STORE } from '../http/reply.js';
import type { ClientAuthentication } from './client-authentication.js';
import type { GrantType } from './grants/grant-type.js';
import { answerTokenRequest } from './token-flow.js';

const PLAIN_URL = /^\/([a-z0-9][a-z0-9_-]*)\/api\/([a-z0-9][a-z0-9_-]*)\/token$/;

/** Any origin may call (http/cross-origin.ts). */
const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'WWW-Authenticate',
  'Content-Type': 'application/json; charset=utf-8',
};

export interface TokenEndpointDeps {
  readonly registry: Registry;
  readonly clients: ClientAuthentication;
  readonly grants: readonly GrantType[];
  readonly addresses: ClientAddresses;
  readonly logger: Logger;
}

export class TokenEndpoint {
  readonly #deps: TokenEndpointDeps;

  constructor(deps: TokenEndpointDeps) {
    this.#deps = deps;
  }

  /** @returns false where the request is none of these, and nothing was done with it */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const match = request.method === 'POST' ? PLAIN_URL.exec(request.url ?? '') : null;
    if (match === null) return false;
    void this.#answer(request, response, match[1] as string, match[2] as string);
    return true;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, authMethodId: string, apiId: string): Promise<void> {
    const { registry, clients, grants, addresses, logger } = this.#deps;
    try {
      const address = addresses.of(request);
      const tokens = await answerTokenRequest(
        { snapshot: registry.snapshot, authMethodId, apiId, request, query: '', address },
        { clients, grants },
      );
      send(response, 200, NO_STORE, tokens);
    } catch (error) {
      const { status, headers, body } = describeFault(error, logger);
      send(response, status, headers, body);
    }
  }
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { ...HEADERS, ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}
