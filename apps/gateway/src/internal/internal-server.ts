import { createServer, type RequestListener, type Server } from 'node:http';
import type { DecisionEndpoint } from '../decision/decision-endpoint.js';

/**
 * The internal port: decisions by a plain handler, the rest by Nest. A decision's header holds that of the call, up to 32 KB, and
 * what the engine says of it. Engines keep connections for a minute; ours live longer, so that none is closed under a question.
 * @param rest what the endpoint does not take
 */
export function createInternalServer(decisions: DecisionEndpoint, rest: RequestListener): Server {
  const server = createServer({ maxHeaderSize: 65_536, keepAliveTimeout: 75_000, insecureHTTPParser: false }, (request, response) => {
    // While stopping: an engine's connections must not outlive the answers that it waits for.
    if (!server.listening) response.shouldKeepAlive = false;
    if (!decisions.handle(request, response)) rest(request, response);
  });
  // Node drops fields beyond its count in silence; the pipeline counts, and refuses.
  server.maxHeadersCount = 0;
  return server;
}
