import { All, Controller, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import { VerificationKeys } from '#signing/verification-keys.js';
import { AppLogger } from '../http/app-logger.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { OAuthFilter } from '../http/oauth.filter.js';
import { NO_STORE, rawQuery } from '../http/reply.js';
import { ClientAuthentication } from '../token/client-authentication.js';
import { introspectToken } from './introspection-flow.js';

@Controller()
@UseFilters(OAuthFilter)
export class IntrospectionController {
  constructor(
    private readonly registry: Registry,
    private readonly clients: ClientAuthentication,
    private readonly tokens: PresentedTokenStore,
    private readonly keys: VerificationKeys,
    private readonly addresses: ClientAddresses,
    private readonly logger: AppLogger,
  ) {}

  @All(':authMethod/api/:apiId/introspect')
  async introspect(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { snapshot } = this.registry;
    const answer = await introspectToken(
      { snapshot, authMethodId, apiId, request, query: rawQuery(request), address: this.addresses.of(request) },
      { clients: this.clients, tokens: this.tokens, keys: this.keys, logger: this.logger.pino },
    );
    response.status(200).set(NO_STORE).json(answer);
  }
}
