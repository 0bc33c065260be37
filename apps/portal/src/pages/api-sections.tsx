import type { ComponentChildren } from 'preact';
import type { Api, GrantName, OAuth2Settings, RegistrySnapshot } from '#config/registry.js';
import { Alert } from '#ui/components/alert.js';
import { Badge, BadgeRow } from '#ui/components/badge.js';
import { Card } from '#ui/components/card.js';
import { CopyField } from '#ui/components/copy-field.js';
import { DefinitionList } from '#ui/components/definition-list.js';
import { Table } from '#ui/components/table.js';
import { type AuthMethodUrls, endpointsOf } from '../api-view/api-urls.js';
import { wordDuration } from '../api-view/duration-wording.js';
import { wordOpenLimits, wordPlanLimits } from '../api-view/plan-limits.js';

const GRANT_WORDS: Readonly<Record<GrantName, string>> = {
  authorization_code: 'Authorization code',
  refresh_token: 'Refresh token',
  client_credentials: 'Client credentials',
  implicit: 'Implicit',
  password: 'Password',
  'urn:ietf:params:oauth:grant-type:device_code': 'Device code',
};

/** A section of the API page that its table of contents leads to. */
export function PageSection({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section id={id} class="stack" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

export function EndpointsSection({ snapshot, api }: { snapshot: RegistrySnapshot; api: Api }) {
  const limit = wordOpenLimits(snapshot, api);
  return (
    <PageSection id="endpoint" title="Endpoint">
      {endpointsOf(snapshot, api).map(({ url, calls }) => (
        <div class="endpoint" key={url}>
          <CopyField label="Endpoint URL" value={url} />
          {calls.map(({ methods, scopes }, index) => (
            <EndpointCall key={String(index)} methods={methods} scopes={scopes} />
          ))}
        </div>
      ))}
      {limit !== null && <p class="muted">{limit} for each client address.</p>}
    </PageSection>
  );
}

/** What a route takes; says nothing where it takes everything. */
function EndpointCall({ methods, scopes }: { methods: readonly string[]; scopes: readonly string[] }) {
  if (methods.length === 0 && scopes.length === 0) return null;
  return (
    <p class="endpoint-call">
      <span class="verbs">{methods.length === 0 ? 'Every method' : methods.join(' ')}</span>
      {scopes.length > 0 && (
        <span class="muted">
          {scopes.length === 1 ? 'needs the scope ' : 'needs the scopes '}
          {scopes.map((scope) => (
            <code key={scope}>{scope} </code>
          ))}
        </span>
      )}
    </p>
  );
}

export function AuthMethodsSection({ methods, oauth2 }: { methods: readonly AuthMethodUrls[]; oauth2: OAuth2Settings }) {
  return (
    <PageSection id="sign-in" title="Sign-in">
      <p class="muted">
        {methods.length > 1
          ? 'People can sign in by several methods. Each has its own addresses for this API; an application may use any of them.'
          : 'The addresses belong to this API: its tokens work here and nowhere else.'}
      </p>
      <SignInFacts oauth2={oauth2} />
      {methods.map(({ method, authorizeUrl, tokenUrl, metadataUrl, openidUrl }) => (
        <Card key={method.id} level={3} title={method.name} id={`sign-in-${method.id}`}>
          {method.description !== '' && <p class="muted">{method.description}</p>}
          <CopyField label="Authorize URL" value={authorizeUrl} />
          <CopyField label="Token URL" value={tokenUrl} />
          <CopyField label="Metadata URL" value={metadataUrl} />
          {openidUrl !== null && <CopyField label="OpenID configuration URL" value={openidUrl} />}
        </Card>
      ))}
      {methods.length === 0 && <Alert kind="note">No sign-in method of this API is open to the public.</Alert>}
    </PageSection>
  );
}

function SignInFacts({ oauth2 }: { oauth2: OAuth2Settings }) {
  const refresh = oauth2.grants.includes('refresh_token');
  return (
    <DefinitionList
      row
      definitions={[
        { term: 'Grants', text: oauth2.grants.map((grant) => GRANT_WORDS[grant]).join(', ') },
        {
          term: 'Access token',
          text: `Works for ${wordDuration(oauth2.accessTokenTtl)}${oauth2.tokenFormat === 'jwt' ? '; a JWT (RFC 9068)' : ''}`,
        },
        ...(refresh ? [{ term: 'Refresh token', text: `Works once, for ${wordDuration(oauth2.refreshTokenTtl)}` }] : []),
        { term: 'Clients without a secret', text: 'Must use PKCE with S256' },
      ]}
    />
  );
}

export function KeySection({ header }: { header: string }) {
  return (
    <PageSection id="key" title="API key">
      <p class="muted">Send the key of your application’s subscription in this header field of every call.</p>
      <CopyField label="Header field" value={header} />
    </PageSection>
  );
}

export function ScopesSection({ oauth2 }: { oauth2: OAuth2Settings }) {
  return (
    <PageSection id="scopes" title="Scopes">
      <p class="muted">
        {oauth2.mandatoryScope
          ? 'An authorization request must name the scopes that it asks for.'
          : 'An application asks for what it needs, and the person is shown these words.'}
      </p>
      <Table
        caption="Scopes"
        columns={['Scope', 'What it allows']}
        rows={[...oauth2.scopes].map(([scope, description]) => [<code key={scope}>{scope}</code>, description])}
      />
    </PageSection>
  );
}

export function PlansSection({ snapshot, api }: { snapshot: RegistrySnapshot; api: Api }) {
  const plans = api.plans.map((id) => snapshot.plans.get(id)).filter((plan) => plan !== undefined);
  return (
    <PageSection id="plans" title="Plans">
      <div class="plan-grid">
        {plans.map((plan) => (
          <Card key={plan.id} level={3} title={plan.name}>
            {plan.description !== '' && <p class="muted">{plan.description}</p>}
            <DefinitionList definitions={[{ term: 'Limit', text: wordPlanLimits(snapshot, api, plan) }]} />
            <BadgeRow>
              {plan.needsApproval ? <Badge kind="warning">Needs approval</Badge> : <Badge kind="success">No approval needed</Badge>}
              {plan.group !== null && <Badge>{snapshot.groups.get(plan.group)?.name ?? plan.group} only</Badge>}
            </BadgeRow>
          </Card>
        ))}
      </div>
    </PageSection>
  );
}
