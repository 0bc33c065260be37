/**
 * The peer: panva's oidc-provider on its memory adapter, which keeps nothing over a restart. The adapter holds a thousand things at
 * most by default, here so many that prepared codes find room. GET /prepare makes codes or refresh tokens, one a line.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import LRU from 'oidc-provider/lib/helpers/lru.js';

const port = Number(process.argv[2]);
const REDIRECT_URI = 'http://localhost:9000/callback';
const SIGNED_API = 'http://127.0.0.1/signed';
const ROOM = 200_000;

const jwk = (type, options, more) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...more });

const store = new LRU({ maxSize: ROOM });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: (model) => new MemoryAdapter(model, store),
  clients: [
    {
      client_id: 'load',
      client_secret: 'load-secret',
      grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  jwks: { keys: [jwk('ec', { namedCurve: 'P-256' }, { alg: 'ES256' }), jwk('rsa', { modulusLength: 2048 }, { alg: 'RS256' })] },
  scopes: ['read'],
  ttl: { AccessToken: 3600, ClientCredentials: 3600, RefreshToken: 14 * 86_400, AuthorizationCode: 600, Grant: 14 * 86_400 },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  pkce: { required: () => false },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'read',
        audience: SIGNED_API,
        accessTokenTTL: 3600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});

/** @returns a code or refresh token, of an authorization of its own */
async function prepare(kind, signed) {
  const grant = new provider.Grant({ accountId: 'bench', clientId: 'load' });
  if (signed) grant.addResourceScope(SIGNED_API, 'read');
  else grant.addOIDCScope('read');
  const grantId = await grant.save();
  const client = await provider.Client.find('load');
  const Model = kind === 'refresh_token' ? provider.RefreshToken : provider.AuthorizationCode;
  const resource = signed ? SIGNED_API : undefined;
  const gty = 'authorization_code';
  return new Model({ accountId: 'bench', client, grantId, gty, redirectUri: REDIRECT_URI, resource, scope: 'read' }).save();
}

const answer = provider.callback();
createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname !== '/prepare') return answer(request, response);
  const { kind, format, count } = Object.fromEntries(url.searchParams);
  const lines = [];
  while (lines.length < Number(count)) lines.push(await prepare(kind, format === 'jwt'));
  response.end(lines.join('\n'));
}).listen(port, '127.0.0.1');
