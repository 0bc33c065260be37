/**
 * The developer portal. Flow of a request: security headers → assets → controller (pages/) → view of the API (api-view/, curl/,
 * markdown/: pure functions of the snapshot) → page template → HTML. What goes wrong ends in errors/. Pages read the snapshot in
 * force once a request, so a reload of the config shows at once. Must not import another app.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RunningApp, StartApp } from '#installation/installation.js';
import { closeServer } from '#process/close-server.js';
import { listen } from '#process/listen.js';
import { nestLogger } from '#process/logger.js';
import { serveAssets } from '#ui/assets/serve-assets.js';
import { PortalErrorFilter } from './errors/portal-error.filter.js';
import { pageHeaders } from './page-headers.js';
import { portalModule } from './portal.module.js';

export const startPortal: StartApp = async (installation): Promise<RunningApp> => {
  const { environment, logger, registry } = installation;
  const app = await NestFactory.create<NestExpressApplication>(portalModule(registry), {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(serveAssets(registry));
  app.use(pageHeaders);
  app.useGlobalFilters(new PortalErrorFilter(registry, logger));
  await app.init();
  const server = app.getHttpServer();
  await listen(server, environment.ports.portal, 'PORTAL_PORT');
  return {
    stop: async () => {
      await closeServer(server);
      await app.close();
    },
  };
};
