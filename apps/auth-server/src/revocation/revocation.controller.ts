import { All, Controller, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { AccessTokenStore } from '#persistence/token/access-token.store.js';
import { PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import { TokenFamilyStore } from '#persistence/token/token-family.store.js';
import { VerificationKeys } from '#signing/verification-keys.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { allowAnyOrigin } from '../http/cross-origin.js';
import { OAuthFilter } from '../http/oauth.filter.js';
import { NO_STORE, rawQuery } from '../http/reply.js';
import { ClientAuthentication } from '../token/client-authentication.js';
import { revokeToken } from './revocation-flow.js';

@Controller()
@UseFilters(OAuthFilter)
export class RevocationController {
  constructor(
    private readonly registry: Registry,
    private readonly clients: ClientAuthentication,
    private readonly tokens: PresentedTokenStore,
    private readonly keys: VerificationKeys,
    private readonly families: TokenFamilyStore,
    private readonly accessTokens: AccessTokenStore,
    private readonly addresses: ClientAddresses,
  ) {}

  @All(':authMethod/api/:apiId/revoke')
  async revoke(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (allowAnyOrigin(request, response, 'POST')) return;
    const { clients, tokens, keys, families, accessTokens } = this;
    const address = this.addresses.of(request);
    await revokeToken(
      { snapshot: this.registry.snapshot, authMethodId, apiId, request, query: rawQuery(request), address },
      { clients, tokens, keys, families, accessTokens },
    );
    response.status(200).set(NO_STORE).end();
  }
}
