import { type DynamicModule, Module } from '@nestjs/common';
import { Registry } from '#config/registry-holder.js';
import { HealthController } from './health.controller.js';
import { ApiController } from './pages/api.controller.js';
import { ApisController } from './pages/apis.controller.js';
import { HomeController } from './pages/home.controller.js';

@Module({ controllers: [HomeController, ApisController, ApiController, HealthController] })
class PortalModule {}

export function portalModule(registry: Registry): DynamicModule {
  return { module: PortalModule, providers: [{ provide: Registry, useValue: registry }] };
}
