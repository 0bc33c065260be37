import { Controller, Get, Header, Res } from '@nestjs/common';
import type { Response } from 'express';
import { DataPlane } from '../data-plane/data-plane.js';

@Controller()
export class MetricsController {
  constructor(private readonly dataPlane: DataPlane) {}

  /** The exposition for Prometheus. */
  @Get('metrics')
  @Header('Cache-Control', 'no-store')
  async showMetrics(@Res() response: Response): Promise<void> {
    const { metrics } = this.dataPlane;
    response.setHeader('Content-Type', metrics.contentType);
    response.end(await metrics.metrics());
  }
}
