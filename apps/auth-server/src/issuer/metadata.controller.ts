import { All, Controller, HttpException, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { resolveIssuer } from '#config/issuer.js';
import { Registry } from '#config/registry-holder.js';
import { allowAnyOrigin } from '../http/cross-origin.js';
import type { GrantType } from '../token/grants/grant-type.js';
import { GRANT_TYPES } from '../token/token.controller.js';
import { issuerMetadata } from './metadata.js';

@Controller()
export class MetadataController {
  constructor(
    private readonly registry: Registry,
    @Inject(GRANT_TYPES) private readonly grants: readonly GrantType[],
  ) {}

  /**
   * RFC 8414 §3.1: the well-known part stands before the path of the issuer; OpenID Connect Discovery §4 appends it; and some clients
   * look for the OpenID document at the first place (RFC 8414 §5).
   */
  @All([
    '.well-known/oauth-authorization-server/:authMethod/api/:apiId',
    '.well-known/openid-configuration/:authMethod/api/:apiId',
    ':authMethod/api/:apiId/.well-known/openid-configuration',
  ])
  metadata(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    if (allowAnyOrigin(request, response, 'GET')) return;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.set('Allow', 'GET, HEAD, OPTIONS');
      throw new HttpException('Use GET', 405);
    }
    const issuer = resolveIssuer(this.registry.snapshot, authMethodId, apiId);
    if (issuer === null) throw new NotFoundException();
    const grantNames = this.grants.map((grant) => grant.name);
    response
      .status(200)
      .set('Cache-Control', 'public, max-age=60')
      .json(issuerMetadata(issuer, grantNames, this.registry.snapshot));
  }
}
