import { Controller, Get, Header, NotFoundException, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { Api, RegistrySnapshot } from '#config/registry.js';
import { Registry } from '#config/registry-holder.js';
import { authorizeApiView } from '../api-view/visible-api.js';
import { apiPage } from './api.page.js';
import { firstText } from './query-text.js';

@Controller('apis/:apiId')
export class ApiController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  show(@Param('apiId') apiId: string, @Query() query: Record<string, unknown>): string {
    const { snapshot } = this.registry;
    return apiPage(snapshot, resolveVisibleApi(snapshot, apiId), { method: firstText(query.method), client: firstText(query.client) });
  }

  @Get('openapi.yaml')
  download(@Param('apiId') apiId: string, @Res() response: Response): void {
    const api = resolveVisibleApi(this.registry.snapshot, apiId);
    if (api.openapi === null) throw new NotFoundException();
    response
      .set('Content-Type', 'text/yaml; charset=utf-8')
      .set('Content-Disposition', `attachment; filename="${api.id}-openapi.yaml"`)
      .send(api.openapi);
  }
}

/** @throws NotFoundException for an API that is unknown and for one that the visitor may not see, alike */
function resolveVisibleApi(snapshot: RegistrySnapshot, apiId: string): Api {
  const api = snapshot.apis.get(apiId);
  if (api === undefined || !authorizeApiView(api).visible) throw new NotFoundException();
  return api;
}
