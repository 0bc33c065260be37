import type { Draft, Part } from '../decode/draft.js';
import type { ApplicationFile } from '../schema/application.schema.js';
import type { DraftCheck, Report } from './draft-check.js';
import { judgeRedirectUri } from './redirect-uri.js';

/** Grants by which a public client gets tokens without a redirect. */
const DIRECT_GRANTS = ['password', 'urn:ietf:params:oauth:grant-type:device_code'];

/** Owners and redirect URIs of each application. */
export const checkApplications: DraftCheck = (draft, report) => {
  for (const application of draft.applications.values()) {
    if (application.unreadable) continue;
    checkOwners(application, report);
    checkRedirectUris(draft, application, report);
  }
};

function checkOwners(application: Part<ApplicationFile>, report: Report): void {
  const { owners } = application.value;
  const emails = owners.map(({ email }) => email?.toLowerCase());
  for (const [index, email] of emails.entries()) {
    if (email !== undefined && emails.indexOf(email) !== index) {
      report(application, ['owners', index, 'email'], `"${owners[index]?.email}" stands here twice: keep one role for each person`);
    }
  }
  if (owners.length > 0 && !owners.some(({ role }) => role === 'owner')) {
    report(application, ['owners'], 'must have at least one person with the role owner');
  }
}

/** Whether a public client can get tokens at the API only by way of a browser: not where devices or passwords do. */
function usesRedirects(draft: Draft, apiId: string): boolean {
  const grants: readonly string[] | undefined = draft.apis.get(apiId)?.value.oauth2?.grants;
  return !grants || !DIRECT_GRANTS.some((grant) => grants.includes(grant));
}

function checkRedirectUris(draft: Draft, application: Part<ApplicationFile>, report: Report): void {
  const { redirectUris, clientType, subscriptions } = application.value;
  for (const [index, uri] of redirectUris.entries()) {
    const problem = judgeRedirectUri(uri, clientType);
    if (problem !== null) report(application, ['redirectUris', index], problem);
    else if (redirectUris.indexOf(uri) !== index)
      report(application, ['redirectUris', index], `"${uri}" stands here twice: remove one of them`);
  }
  const isPublic = clientType === 'public_spa' || clientType === 'public_native';
  const redirects = subscriptions.some(({ clientId, api }) => clientId !== undefined && usesRedirects(draft, api));
  if (isPublic && redirectUris.length === 0 && redirects) {
    report(application, ['redirectUris'], `must list at least one URI: a ${clientType} client gets its tokens by way of one`);
  }
}
