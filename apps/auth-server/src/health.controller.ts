import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { NO_STORE } from './http/reply.js';

/** Says that the process serves; the database is not asked, so that its outage does not end processes that can still answer. */
@Controller('healthz')
export class HealthController {
  @Get()
  health(@Res() response: Response): void {
    response.status(200).set(NO_STORE).json({ status: 'ok' });
  }
}
