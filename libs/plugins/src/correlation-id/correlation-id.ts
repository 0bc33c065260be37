import type { GatewayPlugin } from '../gateway-plugin.js';
import { CorrelationIdConfig } from './correlation-id.config.js';

/** What may stand in a log line and in a header of any upstream. */
const WELL_FORMED = /^[A-Za-z0-9._:+/=-]{1,128}$/;
/** A token or key that a client took for an id: it would stand in every log on the way. */
const CREDENTIAL = /gh_[a-z]{2}_|eyJ/;

/** Names a call by one id from the client to the upstream and back. */
export const correlationId: GatewayPlugin<CorrelationIdConfig> = {
  name: 'correlation-id',
  configClass: CorrelationIdConfig,
  // An engine that keeps decisions names its calls by itself.
  repeatable: true,
  compile({ header, acceptFromClient, echo }) {
    const field = header.toLowerCase();
    return {
      request(call) {
        const sent = acceptFromClient ? call.requestHeader(field) : undefined;
        if (sent !== undefined && WELL_FORMED.test(sent) && !CREDENTIAL.test(sent)) call.correlationId = sent;
        call.setUpstreamHeader(header, call.correlationId);
        if (echo) call.setResponseHeader(header, call.correlationId);
        return undefined;
      },
    };
  },
};
