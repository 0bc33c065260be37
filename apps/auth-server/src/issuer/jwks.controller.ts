import { All, Controller, HttpException, NotFoundException, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { resolveIssuer } from '#config/issuer.js';
import { Registry } from '#config/registry-holder.js';
import { allowAnyOrigin } from '../http/cross-origin.js';
import { HeldSigningKeys } from '../openid/held-signing-keys.js';

/** The public keys of the installation (RFC 7517 §5), the same at every issuer. */
@Controller()
export class JwksController {
  constructor(
    private readonly registry: Registry,
    private readonly keys: HeldSigningKeys,
  ) {}

  @All(':authMethod/api/:apiId/jwks')
  async jwks(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (allowAnyOrigin(request, response, 'GET')) return;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.set('Allow', 'GET, HEAD, OPTIONS');
      throw new HttpException('Use GET', 405);
    }
    if (resolveIssuer(this.registry.snapshot, authMethodId, apiId) === null) throw new NotFoundException();
    // A key is published for longer than this before it signs (PUBLISH_LEAD).
    response
      .status(200)
      .set({ 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' })
      .send(JSON.stringify(await this.keys.keySet()));
  }
}
