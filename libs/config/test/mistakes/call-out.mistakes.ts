import { type Mistake, orders } from './mistake.js';

const NOT_A_URL =
  'must be an http or https URL without fragment, such as https://scopes.internal/decide, with special characters in a user name or password percent-encoded';

const decidedBy = (url: string) => orders('scopes: {', `passthroughScopeUrl: "${url}"\n  scopes: {`);

/** What is wrong with a URL is said without the URL: it may hold a password. */
export const CALL_OUT_MISTAKES: readonly Mistake[] = [
  ...['scopes.internal', 'ftp://scopes.internal', 'http://x/#y', 'http://a:%zz@x', 'http://a%3Ab:c@x', 'http://a:%0a@x', ''].map(
    (url): Mistake => [`passthroughScopeUrl: "${url}"`, decidedBy(url), 'apis/orders/api.yaml:6:24 oauth2.passthroughScopeUrl', NOT_A_URL],
  ),
  [
    'scopeLookupUrl with a query',
    orders('scopes: {', 'scopeLookupUrl: http://a:b@scopes.internal/?api=\n  scopes: {'),
    'apis/orders/api.yaml:6:19 oauth2.scopeLookupUrl',
    'must be an http or https URL without query and fragment, such as https://scopes.internal/apis, with special characters in a user name or password percent-encoded',
  ],
  [
    'people passed through to nobody',
    orders('scopes: {', 'passthroughUsers: true\n  scopes: {'),
    'apis/orders/api.yaml:6:21 oauth2.passthroughUsers',
    'needs passthroughScopeUrl, which says who a person is to the API: add it, or remove this key',
  ],
  [
    'people passed through past their registrations',
    {
      ...orders('oauth2:', 'registrationPool: staff\noauth2:\n  passthroughUsers: true\n  passthroughScopeUrl: http://scopes.internal'),
      'pools/staff.yaml': 'name: Staff\nproperties: [{ id: desk }]\n',
    },
    'apis/orders/api.yaml:5:19 registrationPool',
    'cannot go with oauth2.passthroughUsers: registrations hang on accounts, which are not told to this API; remove one of the two',
  ],
];
