/** The plugins that come with Gatehouse: one folder and one line each. */
import { correlationId } from './correlation-id/correlation-id.js';
import { cors } from './cors/cors.js';
import type { GatewayPlugin } from './gateway-plugin.js';
import { rateLimiting } from './rate-limiting/rate-limiting.js';

// Each plugin is held under its general type: the registry checks a config against `configClass` before it reaches `compile`.
export const gatewayPlugins: readonly GatewayPlugin[] = [correlationId, cors, rateLimiting] as readonly GatewayPlugin[];
