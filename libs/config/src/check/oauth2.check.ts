import { schemesOf } from '../compile/schemes.js';
import type { Draft, Part } from '../decode/draft.js';
import type { ApiFile } from '../schema/api.schema.js';
import { parseDuration } from '../schema/quantity.decorator.js';
import { GROUP_PREFIX, SCOPE_NAME } from '../scope-name.js';
import type { DraftCheck, Report } from './draft-check.js';
import { hasLookedUpScopes } from './looked-up-scopes.js';
import { checkIds } from './reference.js';

/** Auth methods and scopes of the APIs with oauth2. */
export const checkOAuth2: DraftCheck = (draft, report) => {
  for (const api of draft.apis.values()) {
    if (api.unreadable || api.value.auth === undefined) continue;
    if (schemesOf(api.value.auth).includes('oauth2')) {
      checkAuthMethods(draft, api, report);
      checkScopes(api, report);
      checkLifetimes(api, report);
      checkPassthrough(api, report);
    } else {
      refuseOAuth2(api, report);
    }
  }
};

function refuseOAuth2(api: Part<ApiFile>, report: Report): void {
  if (api.value.oauth2 !== undefined) report(api, ['oauth2'], 'stands only where auth has oauth2: remove it, or add oauth2 to auth');
  if (api.value.authMethods.length > 0) {
    report(api, ['authMethods'], 'stands only where auth has oauth2: remove it, or add oauth2 to auth');
  }
}

function checkAuthMethods(draft: Draft, api: Part<ApiFile>, report: Report): void {
  const { authMethods } = api.value;
  checkIds(authMethods, 'auth method', draft.authMethods, 'auth-methods/', (index, message) =>
    report(api, ['authMethods', index], message),
  );
  if (authMethods.length === 0) {
    report(api, ['authMethods'], 'must list at least one auth method: its id is part of the URLs where clients get tokens');
  } else if (authMethods.every((id) => draft.authMethods.get(id)?.value.enabled === false)) {
    report(api, ['authMethods'], 'lists only auth methods that are not enabled: enable one, or list another');
  }
}

function checkLifetimes(api: Part<ApiFile>, report: Report): void {
  const { refreshTokenTtl = null, refreshTokenMaxAge = null } = api.value.oauth2 ?? {};
  const [ttl, maxAge] = [parseDuration(refreshTokenTtl), parseDuration(refreshTokenMaxAge)];
  if (ttl !== null && maxAge !== null && maxAge < ttl) {
    report(
      api,
      ['oauth2', 'refreshTokenMaxAge'],
      'is shorter than refreshTokenTtl, the life of a single refresh token: make it as long at least',
    );
  }
}

/** Who passes people through has somebody else say who they are; registrations hang on accounts. */
function checkPassthrough(api: Part<ApiFile>, report: Report): void {
  const { passthroughUsers, passthroughScopeUrl = null } = api.value.oauth2 ?? { passthroughUsers: false };
  if (!passthroughUsers) return;
  if (passthroughScopeUrl === null) {
    report(
      api,
      ['oauth2', 'passthroughUsers'],
      'needs passthroughScopeUrl, which says who a person is to the API: add it, or remove this key',
    );
  }
  if (api.value.registrationPool !== undefined && api.value.registrationPool !== null) {
    report(
      api,
      ['registrationPool'],
      'cannot go with oauth2.passthroughUsers: registrations hang on accounts, which are not told to this API; remove one of the two',
    );
  }
}

function checkScopes(api: Part<ApiFile>, report: Report): void {
  const { scopes, mandatoryScope } = api.value.oauth2 ?? { scopes: {}, mandatoryScope: false };
  for (const [scope, description] of Object.entries(scopes)) {
    const path = ['oauth2', 'scopes', scope];
    if (!SCOPE_NAME.test(scope))
      report(api, path, 'a scope is 1 to 100 visible ASCII characters without spaces, \'"\' and "\\": rename it');
    else if (scope.startsWith(GROUP_PREFIX)) report(api, path, 'scopes that begin with "wicked:" stand for groups: rename it');
    if (typeof description !== 'string' || description.trim() === '')
      report(api, path, 'must have a description: the consent page shows it');
  }
  if (mandatoryScope && !hasLookedUpScopes(api) && Object.keys(scopes).length === 0) {
    report(api, ['oauth2', 'mandatoryScope'], 'demands a scope, but there are none: declare scopes, or remove this key');
  }
}
