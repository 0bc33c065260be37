import { All, Controller, Inject, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { allowAnyOrigin } from '../http/cross-origin.js';
import { OAuthFilter } from '../http/oauth.filter.js';
import { NO_STORE, rawQuery } from '../http/reply.js';
import { ClientAuthentication } from './client-authentication.js';
import type { GrantType } from './grants/grant-type.js';
import { answerTokenRequest } from './token-flow.js';

/** Injection token of the list of grant types. */
export const GRANT_TYPES = Symbol('grant types');

@Controller()
@UseFilters(OAuthFilter)
export class TokenController {
  constructor(
    private readonly registry: Registry,
    private readonly clients: ClientAuthentication,
    private readonly addresses: ClientAddresses,
    @Inject(GRANT_TYPES) private readonly grants: readonly GrantType[],
  ) {}

  @All(':authMethod/api/:apiId/token')
  async token(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (allowAnyOrigin(request, response, 'POST')) return;
    const tokens = await answerTokenRequest(
      { snapshot: this.registry.snapshot, authMethodId, apiId, request, query: rawQuery(request), address: this.addresses.of(request) },
      { clients: this.clients, grants: this.grants },
    );
    response.status(200).set(NO_STORE).json(tokens);
  }
}
