/** All of proxy.e2e-spec.ts once more, with node:http as the only transport. */
process.env.GATEWAY_FAST_PATH = 'off';
await import('./proxy.e2e-spec.js');

export {};
