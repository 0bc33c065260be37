import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AuthorizationFilter } from '../http/authorization.filter.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { rawQuery, sendRedirect } from '../http/reply.js';
import { parseFormParameters } from '../protocol/form-parameters.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { FlowDispatcher } from './flow-dispatcher.js';
import { FlowLookup } from './flow-in-progress.js';

/** Where every step of a flow returns to. */
@Controller()
@UseFilters(AuthorizationFilter)
export class ContinueController {
  constructor(
    private readonly flows: FlowLookup,
    private readonly sessions: BrowserSessions,
    private readonly dispatcher: FlowDispatcher,
    private readonly addresses: ClientAddresses,
  ) {}

  @Get(':authMethod/continue')
  async continue(@Param('authMethod') authMethodId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const id = parseFormParameters(rawQuery(request)).get('request') ?? '';
    const flow = await this.flows.find(id, this.sessions.browserId(request), authMethodId);
    sendRedirect(
      response,
      await this.dispatcher.dispatch(flow, await this.sessions.current(request, authMethodId), this.addresses.of(request)),
    );
  }
}
