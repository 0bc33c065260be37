import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';

/** What `/metrics` shows: the metrics of this process, or of all that serve its ports. */
export interface Exposition {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export const EXPOSITION = Symbol('exposition');

@Controller()
export class MetricsController {
  constructor(@Inject(EXPOSITION) private readonly exposition: Exposition) {}

  /** The exposition for Prometheus. */
  @Get('metrics')
  @Header('Cache-Control', 'no-store')
  async showMetrics(@Res() response: Response): Promise<void> {
    const text = await this.exposition.metrics();
    response.setHeader('Content-Type', this.exposition.contentType);
    response.end(text);
  }
}
