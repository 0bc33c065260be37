import { All, Controller, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { DeviceAuthorizationStore } from '#persistence/device/device-authorization.store.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { allowAnyOrigin } from '../http/cross-origin.js';
import { OAuthFilter } from '../http/oauth.filter.js';
import { NO_STORE, rawQuery } from '../http/reply.js';
import { ClientAuthentication } from '../token/client-authentication.js';
import { authorizeDevice } from './device-authorization-flow.js';

@Controller()
@UseFilters(OAuthFilter)
export class DeviceAuthorizationController {
  constructor(
    private readonly registry: Registry,
    private readonly clients: ClientAuthentication,
    private readonly devices: DeviceAuthorizationStore,
    private readonly addresses: ClientAddresses,
  ) {}

  @All(':authMethod/api/:apiId/device_authorization')
  async begin(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (allowAnyOrigin(request, response, 'POST')) return;
    const { snapshot } = this.registry;
    const answer = await authorizeDevice(
      { snapshot, authMethodId, apiId, request, query: rawQuery(request), address: this.addresses.of(request) },
      { clients: this.clients, devices: this.devices },
    );
    response.status(200).set(NO_STORE).json(answer);
  }
}
