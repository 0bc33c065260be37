import { Controller, Get, Header } from '@nestjs/common';

@Controller('healthz')
export class HealthController {
  /** Says that the process serves; it asks nothing of the database. */
  @Get()
  @Header('Cache-Control', 'no-store')
  show(): { status: string } {
    return { status: 'ok' };
  }
}
