import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import type { Response } from 'express';
import { DataPlane } from '../data-plane/data-plane.js';
import type { Degradation } from '../data-plane/degradation.js';

interface Readiness {
  readonly status: string;
  readonly changeFeed: string;
  readonly degraded: readonly Degradation[];
  /** APIs whose upstream has no target that is in use. */
  readonly withoutTarget: readonly string[];
}

@Controller()
export class HealthController {
  constructor(private readonly dataPlane: DataPlane) {}

  /** The process runs. */
  @Get('healthz')
  @Header('Cache-Control', 'no-store')
  showHealth(): { status: string } {
    return { status: 'ok' };
  }

  /**
   * Whether calls should be sent here: 503 while starting and stopping. A database that cannot be reached is no reason to send
   * none, since open APIs and known credentials go on to work; it is named under `degraded`, like all that does not work as it should.
   */
  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  showReadiness(@Res({ passthrough: true }) response: Response): Readiness {
    const { state, followsChanges, degraded, withoutTarget } = this.dataPlane;
    if (state !== 'serving') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    const status = state !== 'serving' ? state : degraded.length === 0 ? 'ready' : 'degraded';
    return { status, changeFeed: followsChanges ? 'followed' : 'not-followed', degraded, withoutTarget };
  }
}
