import { All, Controller, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Registry } from '#config/registry-holder.js';
import { ClientStore } from '#persistence/subscription/client.store.js';
import { VerificationKeys } from '#signing/verification-keys.js';
import { FlowStart } from '../dispatch/flow-start.js';
import { AppLogger } from '../http/app-logger.js';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { readFormBody } from '../http/form-body.js';
import { type Redirect, rawQuery, sendRedirect } from '../http/reply.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import type { Parameters } from '../protocol/parameters.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { PageError } from './authorization-error.js';
import { type CheckedAuthorization, checkAuthorization } from './authorize-flow.js';

@Controller()
@UseFilters(AuthorizationFilter)
export class AuthorizeController {
  constructor(
    private readonly registry: Registry,
    private readonly clients: ClientStore,
    private readonly keys: VerificationKeys,
    private readonly sessions: BrowserSessions,
    private readonly flows: FlowStart,
    private readonly logger: AppLogger,
  ) {}

  /** RFC 6749 §3.1: GET, and POST with a form body. */
  @All(':authMethod/api/:apiId/authorize')
  async authorize(
    @Param('authMethod') authMethodId: string,
    @Param('apiId') apiId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const parameters = await readParameters(request, response);
    const checked = await checkAuthorization(
      { snapshot: this.registry.snapshot, authMethodId, apiId, parameters },
      { clients: this.clients, keys: this.keys, logger: this.logger.pino },
    );
    // A POST from the client's site comes without our cookies (SameSite=Lax): asked again by GET, the browser sends them.
    const cookieless = request.method === 'POST' && this.sessions.browserId(request) === null;
    sendRedirect(response, cookieless ? repeatByGet(checked, parameters) : await this.flows.begin(checked, request, response));
  }
}

async function readParameters(request: Request, response: Response): Promise<Parameters> {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return parseFormParameters(rawQuery(request));
    case 'POST':
      return readFormBody(request);
    default:
      response.set('Allow', 'GET, HEAD, POST');
      throw new PageError(405, ({ errors }) => errors.methodNotAllowed);
  }
}

function repeatByGet({ issuer }: CheckedAuthorization, parameters: Parameters): Redirect {
  const query = [...parameters.entries()].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return { status: 303, location: `${issuer.url}/authorize?${query}` };
}
