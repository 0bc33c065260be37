import { type DynamicModule, Module } from '@nestjs/common';
import { DataPlane } from './data-plane/data-plane.js';
import { HealthController } from './internal/health.controller.js';
import { EXPOSITION, type Exposition, MetricsController } from './internal/metrics.controller.js';

@Module({ controllers: [HealthController, MetricsController] })
class GatewayModule {}

export function gatewayModule(dataPlane: DataPlane, exposition: Exposition): DynamicModule {
  return {
    module: GatewayModule,
    providers: [
      { provide: DataPlane, useValue: dataPlane },
      { provide: EXPOSITION, useValue: exposition },
    ],
  };
}
