/**
 * The auth-server: OAuth 2.0 endpoints per pair of auth method and API, login, consent, account. Flow of an authorization:
 * authorize/ (checks) → dispatch/ (what comes next) → login/ → dispatch/ → consent/ → dispatch/ → token/ (code to tokens).
 */
import 'reflect-metadata';
import type { RequestListener, Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import type { StartApp } from '#installation/installation.js';
import { closeServer } from '#process/close-server.js';
import { listen } from '#process/listen.js';
import { nestLogger } from '#process/logger.js';
import { serveAssets } from '#ui/assets/serve-assets.js';
import { authServerModule } from './auth-server.module.js';
import { TokenEndpoint } from './token/token-endpoint.js';

export const startAuthServer: StartApp = async (installation) => {
  const server = express();
  // One spelling of each URL: ids are case-sensitive, and so is the rest of the path.
  server.set('case sensitive routing', true);
  server.set('strict routing', true);
  server.set('etag', false);
  server.disable('x-powered-by');
  server.use(serveAssets(installation.registry));

  const app = await NestFactory.create<NestExpressApplication>(authServerModule(installation), new ExpressAdapter(server), {
    logger: nestLogger(installation.logger),
    // Bodies are read by the endpoints: duplicate parameters and malformed text must not be repaired on the way.
    bodyParser: false,
    abortOnError: false,
  });
  await app.init();
  const http = app.getHttpServer();
  mountInFront(http, app.get(TokenEndpoint));
  try {
    await listen(http, installation.environment.ports.authServer, 'AUTH_SERVER_PORT');
  } catch (error) {
    // The clean-up has begun: it must end before the database is closed.
    await app.close();
    throw error;
  }
  return {
    stop: async () => {
      await closeServer(http);
      await app.close();
    },
  };
};

/** What the endpoint does not take goes on to Express, as all did. */
function mountInFront(http: Server, endpoint: TokenEndpoint): void {
  const behind = http.listeners('request') as RequestListener[];
  http.removeAllListeners('request');
  http.on('request', (request, response) => {
    if (endpoint.handle(request, response)) return;
    for (const listener of behind) listener(request, response);
  });
}
