/**
 * The gateway. A call: public port (data-plane/) → transport/ → call/call-pipeline.ts, which lists the steps: check, match (route/),
 * plugins, credential (credential/), decision, plugins, upstream (upstream/), with headers/ read and written on the way. Nest serves
 * the internal port alone, but for decisions (decision/); the call path is a plain handler (docs/adr/0002-hot-path.md). Must not import another app.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Registry as MetricsRegistry } from 'prom-client';
import type { Installation, RunningApp, StartApp } from '#installation/installation.js';
import { closeServer } from '#process/close-server.js';
import { listen } from '#process/listen.js';
import { nestLogger } from '#process/logger.js';
import { DataPlane, type DataPlaneOptions } from './data-plane/data-plane.js';
import { NO_SHARED_CERTIFICATES } from './data-plane/tls-certificates.js';
import { DecisionEndpoint } from './decision/decision-endpoint.js';
import { gatewayModule } from './gateway.module.js';
import { createInternalServer } from './internal/internal-server.js';
import type { Exposition } from './internal/metrics.controller.js';
import { MemoryCounterStore } from './limits/memory-counter-store.js';
import { NO_PEERS } from './upstream/upstream-peers.js';

const NO_DELAY = 0;

export const startGateway: StartApp = (installation) => serveGateway(installation, ownParts(null));

/** A gateway in one process. @param keepAs as in `DataPlaneOptions` */
export const ownParts = (keepAs: string | null): GatewayParts => ({
  counters: new MemoryCounterStore(),
  keepAs,
  peers: NO_PEERS,
  certificates: NO_SHARED_CERTIFICATES,
  sharesPorts: false,
  stopsAlone: () => false,
  expose: (own) => own,
});

/** What a process of the gateway has of its own, or in common with the others. */
export interface GatewayParts extends DataPlaneOptions {
  /** Whether other processes answer on its ports, too: for them all, hence not before it serves. */
  readonly sharesPorts: boolean;
  /** Whether the others go on when this one stops. */
  stopsAlone(): boolean;
  /** What `/metrics` shows. */
  expose(own: MetricsRegistry): Exposition;
}

export async function serveGateway(installation: Installation, parts: GatewayParts): Promise<RunningApp> {
  const { environment, logger } = installation;
  const dataPlane = new DataPlane(installation, parts);
  const app = await NestFactory.create<NestExpressApplication>(gatewayModule(dataPlane, parts.expose(dataPlane.metrics)), {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  await app.init();
  const internal = createInternalServer(new DecisionEndpoint(dataPlane), app.getHttpAdapter().getInstance());
  const answerInternally = (): Promise<number> => listen(internal, environment.ports.gatewayInternal, 'GATEWAY_INTERNAL_PORT');
  try {
    // From here on /readyz says that we start.
    if (!parts.sharesPorts) await answerInternally();
    await dataPlane.start();
    if (parts.sharesPorts) await answerInternally();
  } catch (error) {
    await dataPlane.stop(NO_DELAY);
    if (internal.listening) await closeServer(internal);
    await app.close();
    throw error;
  }
  return {
    stop: async () => {
      // No balancer has to notice, and what we say of ourselves would be taken for all.
      if (parts.stopsAlone()) await Promise.all([closeServer(internal), dataPlane.stop(NO_DELAY)]);
      else {
        await dataPlane.stop(environment.gatewayDrainDelay);
        // The internal port goes last: until then /readyz says that we stop.
        await closeServer(internal);
      }
      await app.close();
    },
  };
}
