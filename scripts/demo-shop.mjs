/**
 * `npm run demo`: the application "Demo shop" of the example config, as a small real client (openid-client). It sends the browser to
 * the authorization page, takes the code at its redirect URI, gets tokens, calls the Orders API through the gateway and refreshes,
 * showing each step.
 */
import { createServer } from 'node:http';
import * as client from 'openid-client';

const auth = process.env.PUBLIC_AUTH_URL ?? 'http://localhost:8010';
const gateway = process.env.PUBLIC_GATEWAY_URL ?? 'http://localhost:8000';
const redirectUri = 'http://localhost:9000/callback';

const config = await client
  .discovery(new URL(`${auth}/local/api/orders`), 'demo-orders', process.env.DEMO_ORDERS_SECRET ?? 'demo-orders-secret', undefined, {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  })
  .catch((error) => {
    console.error(`Gatehouse does not answer at ${auth}: run npm start in another terminal first. (${error.cause?.code ?? error.message})`);
    process.exit(1);
  });

/** One authorization at a time: this shop has one customer. */
let pending = null;

async function begin() {
  const verifier = client.randomPKCECodeVerifier();
  pending = { verifier, state: client.randomState() };
  return client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'read write',
    state: pending.state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
}

const say = (title, value) => console.log(`\n${title}\n${JSON.stringify(value, null, 2)}`);

async function callOrders(accessToken) {
  const response = await fetch(`${gateway}/orders/v1`, { headers: { authorization: `Bearer ${accessToken}` } });
  return { status: response.status, body: await response.json() };
}

async function finish(url) {
  const { verifier, state } = pending ?? {};
  pending = null;
  const tokens = await client.authorizationCodeGrant(config, url, { pkceCodeVerifier: verifier, expectedState: state });
  say('1. The code bought these tokens:', tokens);
  say(`2. GET ${gateway}/orders/v1 with the access token:`, await callOrders(tokens.access_token));
  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  say('3. The refresh token bought new ones, and is used up:', next);
  say('4. The new access token works as well:', await callOrders(next.access_token));
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', redirectUri);
  try {
    if (url.pathname === '/') {
      response.writeHead(303, { location: (await begin()).href }).end();
    } else if (url.pathname === '/callback') {
      await finish(url);
      response.writeHead(200, { 'content-type': 'text/plain' }).end('Done. Look at the terminal. Begin again at http://localhost:9000\n');
    } else {
      response.writeHead(404).end();
    }
  } catch (error) {
    console.error(`\nRefused: ${error.error ?? error.message} ${error.error_description ?? ''}`);
    response
      .writeHead(400, { 'content-type': 'text/plain' })
      .end(`Refused: ${error.error ?? error.message}. Begin again at http://localhost:9000\n`);
  }
});
server.once('error', (error) => {
  console.error(error.code === 'EADDRINUSE' ? 'Port 9000 is taken; the demo shop needs it for its redirect URI.' : error.message);
  process.exit(1);
});
server.listen(9000, () =>
  console.log('The demo shop is open: go to http://localhost:9000 and sign in as ada@example.com with the password lovelace.'),
);
