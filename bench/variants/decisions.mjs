/** What a decision costs the gateway, beside a call that it proxies itself (docs/engines.md). */
import { compare } from '../compare.mjs';
import { tokenLoad } from '../load.mjs';
import { startGatehouse } from '../peers/gatehouse.mjs';
import { startUpstream } from '../peers/nginx.mjs';
import { CALL_COLUMNS, formatTable } from '../summary.mjs';

const CALL = {
  'X-Forwarded-Method': 'GET',
  'X-Forwarded-Uri': '/orders/1',
  'X-Forwarded-Host': 'api.example',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-For': '198.51.100.7',
};

export async function decisions(folder, options) {
  const upstream = await startUpstream(folder);
  const gatehouse = await startGatehouse(folder, upstream.url);
  const slow = await startGatehouse(folder, upstream.url, { name: 'proxied, fast path off', env: { GATEWAY_FAST_PATH: 'off' } });
  const contenders = [
    { ...gatehouse, name: 'proxied', load: tokenLoad(folder, gatehouse.tokensFile) },
    { ...slow, load: tokenLoad(folder, slow.tokensFile) },
    { ...gatehouse, name: 'decided', url: gatehouse.decisionUrl, load: tokenLoad(folder, gatehouse.tokensFile, 0, CALL) },
  ];
  return formatTable(await compare(contenders, options), CALL_COLUMNS);
}
