import type { Api, RegistrySnapshot } from '#config/registry.js';
import { Alert } from '#ui/components/alert.js';
import { LinkButton } from '#ui/components/button.js';
import { authMethodUrlsOf } from '../api-view/api-urls.js';
import { authorizeApiView } from '../api-view/visible-api.js';
import { renderDescription } from '../markdown/render-markdown.js';
import { portalPage } from '../portal-page.js';
import { ApiBadges } from './api-card.js';
import { AuthMethodsSection, EndpointsSection, KeySection, PlansSection, ScopesSection } from './api-sections.js';
import { type TryChoice, TrySection } from './try-section.js';

/** The page of one API: everything that a developer needs to call it (BEHAVIOURS line G). */
export function apiPage(snapshot: RegistrySnapshot, api: Api, choice: TryChoice): string {
  const visibility = authorizeApiView(api);
  const methods = authMethodUrlsOf(snapshot, api);
  const about = renderDescription(api);
  const sections: readonly (readonly [id: string, label: string, shown: boolean])[] = [
    ['endpoint', 'Endpoint', true],
    ['about', 'About', about !== ''],
    ['sign-in', 'Sign-in', api.oauth2 !== null],
    ['key', 'API key', api.auth.includes('key-auth')],
    ['scopes', 'Scopes', (api.oauth2?.scopes.size ?? 0) > 0],
    ['plans', 'Plans', api.plans.length > 0],
    ['try', 'Try it', true],
  ];
  const description = api.summary === '' ? `How to call ${api.name}.` : api.summary;
  return portalPage(snapshot, { title: api.name, section: 'apis', description }, (path) => (
    <>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href={path('/apis')}>APIs</a> <span aria-hidden="true">/</span> <span aria-current="page">{api.name}</span>
      </nav>
      <header class="api-header">
        <h1>{api.name}</h1>
        {api.summary !== '' && <p class="lead">{api.summary}</p>}
        <ApiBadges api={api} path={path} />
        {api.deprecated && (
          <Alert kind="warning" title="This API is deprecated">
            Subscriptions that exist go on to work; new ones are no longer given.
          </Alert>
        )}
        {visibility.visible && visibility.membersOnly && (
          <Alert kind="note" title="For partners">
            Everyone may read this page, but only members of {snapshot.groups.get(api.group ?? '')?.name ?? 'a certain group'} can
            subscribe.
          </Alert>
        )}
      </header>
      <div class="api-columns">
        <nav class="contents" aria-label="On this page">
          <p class="contents-title" aria-hidden="true">
            On this page
          </p>
          <ul>
            {sections
              .filter(([, , shown]) => shown)
              .map(([id, label]) => (
                <li key={id}>
                  <a href={`#${id}`}>{label}</a>
                </li>
              ))}
          </ul>
          {api.openapi !== null && (
            <LinkButton kind="secondary" href={path(`/apis/${api.id}/openapi.yaml`)} download={`${api.id}-openapi.yaml`}>
              Download OpenAPI
            </LinkButton>
          )}
        </nav>
        <div class="stack stack-loose">
          <EndpointsSection snapshot={snapshot} api={api} />
          {about !== '' && (
            <section id="about" aria-labelledby="about-title" class="stack">
              <h2 id="about-title">About</h2>
              <div class="prose" dangerouslySetInnerHTML={{ __html: about }} />
            </section>
          )}
          {api.oauth2 !== null && <AuthMethodsSection methods={methods} oauth2={api.oauth2} />}
          {api.auth.includes('key-auth') && <KeySection header={snapshot.apiKeyHeader} />}
          {api.oauth2 !== null && api.oauth2.scopes.size > 0 && <ScopesSection oauth2={api.oauth2} />}
          {api.plans.length > 0 && <PlansSection snapshot={snapshot} api={api} />}
          <TrySection snapshot={snapshot} api={api} methods={methods} choice={choice} path={path} />
        </div>
      </div>
    </>
  ));
}
