import { Controller, Get, Header, Query } from '@nestjs/common';
import { Registry } from '#config/registry-holder.js';
import { apisPage } from './apis.page.js';
import { firstText } from './query-text.js';

@Controller('apis')
export class ApisController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  list(@Query() query: Record<string, unknown>): string {
    return apisPage(this.registry.snapshot, { text: firstText(query.q).trim(), tag: firstText(query.tag) });
  }
}
