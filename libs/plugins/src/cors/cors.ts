import type { GatewayPlugin, PluginAnswer, PluginCall } from '../gateway-plugin.js';
import { CorsConfig } from './cors.config.js';

const FIELD_LIST = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(\s*,\s*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*$/;

/** What the upstream may say about CORS and this plugin replaces. */
const ANSWER_FIELDS = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers'];

/** Tells browsers which origins may call (Fetch, CORS protocol). Preflights are answered here, without a credential. */
export const cors: GatewayPlugin<CorsConfig> = {
  name: 'cors',
  configClass: CorsConfig,
  repeatable: true,
  compile(config) {
    const anyOrigin = config.origins.includes('*');
    const origins = new Set(config.origins);
    const methods = config.methods.join(', ');
    const headers = config.headers?.join(', ');
    const exposedHeaders = config.exposedHeaders.join(', ');

    /** The value of Access-Control-Allow-Origin; undefined: the origin may not read the answer. */
    const allowedOrigin = (origin: string): string | undefined => (anyOrigin ? '*' : origins.has(origin) ? origin : undefined);

    const answerPreflight = (call: PluginCall, origin: string): PluginAnswer => {
      call.appendResponseHeader('Vary', 'Access-Control-Request-Method, Access-Control-Request-Headers');
      if (allowedOrigin(origin) === undefined) return { status: 204, reason: 'cors-preflight' };
      const asked = call.requestHeader('access-control-request-headers');
      const allowed = headers ?? (asked !== undefined && FIELD_LIST.test(asked) ? asked : undefined);
      return {
        status: 204,
        reason: 'cors-preflight',
        headers: {
          'Access-Control-Allow-Methods': methods,
          ...(allowed ? { 'Access-Control-Allow-Headers': allowed } : {}),
          'Access-Control-Max-Age': String(config.maxAge),
        },
      };
    };

    return {
      request(call) {
        if (call.method !== 'OPTIONS' || call.requestHeader('access-control-request-method') === undefined) return undefined;
        const origin = call.requestHeader('origin');
        return origin === undefined ? undefined : answerPreflight(call, origin);
      },
      response(call) {
        for (const field of ANSWER_FIELDS) call.removeResponseHeader(field);
        // The answer depends on the origin even where the request has none: a cache must not serve it to another.
        call.appendResponseHeader('Vary', 'Origin');
        const origin = call.requestHeader('origin');
        const allowed = origin === undefined ? undefined : allowedOrigin(origin);
        if (allowed === undefined) return;
        call.setResponseHeader('Access-Control-Allow-Origin', allowed);
        if (config.credentials) call.setResponseHeader('Access-Control-Allow-Credentials', 'true');
        if (exposedHeaders !== '') call.setResponseHeader('Access-Control-Expose-Headers', exposedHeaders);
      },
    };
  },
};
