import { type DynamicModule, Module } from '@nestjs/common';
import { DataPlane } from './data-plane/data-plane.js';
import { HealthController } from './internal/health.controller.js';
import { MetricsController } from './internal/metrics.controller.js';

@Module({ controllers: [HealthController, MetricsController] })
class GatewayModule {}

export function gatewayModule(dataPlane: DataPlane): DynamicModule {
  return { module: GatewayModule, providers: [{ provide: DataPlane, useValue: dataPlane }] };
}
