import { All, Controller, HttpException, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import { VerificationKeys } from '#signing/verification-keys.js';
import { PersonClaims } from '../claims/person-claims.js';
import { allowAnyOrigin } from '../http/cross-origin.js';
import { NO_STORE } from '../http/reply.js';
import { findAccessToken } from '../token/find-presented-token.js';
import { BearerFilter } from './bearer.filter.js';
import { answerUserinfo } from './userinfo-flow.js';

@Controller()
@UseFilters(BearerFilter)
export class UserinfoController {
  constructor(
    private readonly registry: Registry,
    private readonly tokens: PresentedTokenStore,
    private readonly keys: VerificationKeys,
    private readonly claims: PersonClaims,
  ) {}

  /** `/profile` is what wicked called it. */
  @All([':authMethod/api/:apiId/userinfo', ':authMethod/api/:apiId/profile'])
  async userinfo(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (allowAnyOrigin(request, response, 'GET, POST')) return;
    if (!['GET', 'HEAD', 'POST'].includes(request.method)) {
      response.set('Allow', 'GET, HEAD, POST, OPTIONS');
      throw new HttpException('Use GET or POST', 405);
    }
    const { claims, tokens, keys } = this;
    const { snapshot } = this.registry;
    const answer = await answerUserinfo(
      { snapshot, authMethodId, apiId, request },
      { findAccessToken: (text) => findAccessToken({ tokens, keys, snapshot }, text), claims },
    );
    response.status(200).set(NO_STORE).json(answer);
  }
}
