import type { Part } from '../decode/draft.js';
import { RESERVED_CLAIMS } from '../reserved-claims.js';
import type { PoolFile } from '../schema/pool.schema.js';
import type { DraftCheck, Report } from './draft-check.js';
import { explainUnknown } from './reference.js';

/** The properties of each pool, and the APIs that name it. */
export const checkPools: DraftCheck = (draft, report) => {
  for (const pool of draft.pools.values()) {
    if (!pool.unreadable) checkProperties(pool, report);
  }
  for (const api of draft.apis.values()) {
    const { registrationPool, auth } = api.value;
    if (api.unreadable || registrationPool === undefined) continue;
    const path = ['registrationPool'];
    if (!draft.pools.has(registrationPool)) report(api, path, explainUnknown('pool', registrationPool, draft.pools, 'pools/'));
    else if (auth !== undefined && !auth.includes('oauth2')) {
      report(api, path, 'stands only where auth has oauth2: remove it, or add oauth2 to auth');
    }
  }
};

function checkProperties(pool: Part<PoolFile>, report: Report): void {
  const ids = new Set<string>();
  const claims = new Set<string>();
  for (const [index, { id, minLength, maxLength, oidcClaim }] of pool.value.properties.entries()) {
    const at = (key: string): (string | number)[] => ['properties', index, key];
    if (id !== undefined && ids.has(id)) report(pool, at('id'), `"${id}" is declared twice: remove one of them`);
    if (minLength > maxLength) report(pool, at('minLength'), `is greater than maxLength (${maxLength}): nothing would do`);
    if (oidcClaim !== undefined && RESERVED_CLAIMS.includes(oidcClaim)) {
      report(pool, at('oidcClaim'), `the claim "${oidcClaim}" is not the form's to say: choose another`);
    }
    if (oidcClaim !== undefined && claims.has(oidcClaim))
      report(pool, at('oidcClaim'), `"${oidcClaim}" stands here twice: keep one of them`);
    ids.add(id);
    if (oidcClaim !== undefined) claims.add(oidcClaim);
  }
}
