import type { AuthMethodEntry, RegistrySnapshot } from '#config/registry.js';
import type { GivenConsent } from '#persistence/authorization/consent.store.js';
import type { LiveSession } from '#persistence/authorization/session.store.js';
import type { Registration } from '#persistence/registration/registration.store.js';
import { Badge, BadgeRow } from '#ui/components/badge.js';
import { Button, LinkButton } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { DefinitionList } from '#ui/components/definition-list.js';
import { Actions, PostForm } from '#ui/components/form.js';
import { basePath } from '../http/paths.js';
import type { Wording } from '../language/language.js';
import { Sentence } from '../language/sentence.js';
import { type PageSetting, renderInSetting } from './page-setting.js';

export interface AccountPage {
  readonly email: string;
  readonly csrf: string;
  /** Whose the password is: the person's own to change, the config folder's, or none of ours. */
  readonly password: 'own' | 'declared' | 'none';
  /** Of the session by which the person looks at the page. */
  readonly authMethodId: string;
  readonly consents: readonly GivenConsent[];
  readonly registrations: readonly Registration[];
  readonly sessions: readonly LiveSession[];
  /** SHA-256 of the ids of this browser's sessions, in hex. */
  readonly ownSessions: ReadonlySet<string>;
}

export function renderAccountPage(setting: PageSetting, page: AccountPage): string {
  const { snapshot } = setting;
  const words = setting.language.words.account;
  const base = basePath(snapshot);
  const content = (
    <div class="stack stack-loose">
      <header>
        <h1>{words.title}</h1>
        <p class="lead">
          <Sentence text={words.loggedInAs} parts={{ email: <strong>{page.email}</strong> }} />
        </p>
      </header>
      <section class="stack" aria-labelledby="applications">
        <h2 id="applications">{words.applications}</h2>
        {page.consents.length === 0 && <p>{words.noApplications}</p>}
        {page.consents.map((consent) => (
          <ConsentEntry
            key={`${consent.applicationId} ${consent.apiId}`}
            snapshot={snapshot}
            words={words}
            identity={setting.language.words.consent.identity}
            base={base}
            csrf={page.csrf}
            consent={consent}
          />
        ))}
      </section>
      <RegistrationSection snapshot={snapshot} words={words} base={base} registrations={page.registrations} />
      <section class="stack" aria-labelledby="sessions">
        <h2 id="sessions">{words.sessions}</h2>
        {page.sessions.map((session) => (
          <SessionEntry key={session.idHash.toString('hex')} snapshot={snapshot} words={words} base={base} page={page} session={session} />
        ))}
      </section>
      {page.password === 'declared' && <p>{words.passwordDeclared}</p>}
      <Actions>
        {page.password === 'own' && (
          <LinkButton href={`${base}/${page.authMethodId}/change-password`} kind="secondary">
            {words.changePassword}
          </LinkButton>
        )}
        <LinkButton href={`${base}/logout`} kind="secondary">
          {words.logOut}
        </LinkButton>
      </Actions>
    </div>
  );
  return renderInSetting(setting, { title: words.title, content });
}

interface ConsentEntryProps {
  snapshot: RegistrySnapshot;
  words: Wording['account'];
  identity: Wording['consent']['identity'];
  base: string;
  csrf: string;
  consent: GivenConsent;
}

function ConsentEntry({ snapshot, words, identity, base, csrf, consent }: ConsentEntryProps) {
  const api = snapshot.apis.get(consent.apiId);
  return (
    <Card title={consent.applicationName} level={3}>
      <p>{words.mayUse(api?.name ?? consent.apiId, when(consent.updatedAt))}</p>
      {consent.scopes.length > 0 && (
        <ul>
          {consent.scopes.map((scope) => (
            <li key={scope}>
              {api?.oauth2?.scopes.get(scope) || identity[scope] || scope} <code>{scope}</code>
            </li>
          ))}
        </ul>
      )}
      <PostForm action={`${base}/account/consents/revoke`} csrf={csrf} hidden={{ application: consent.applicationId, api: consent.apiId }}>
        <Actions>
          <Button kind="danger">{words.revoke}</Button>
        </Actions>
      </PostForm>
    </Card>
  );
}

interface RegistrationSectionProps {
  snapshot: RegistrySnapshot;
  words: Wording['account'];
  base: string;
  registrations: readonly Registration[];
}

/** Registrations in pools that are there no more stay stored, but nobody asks for them. */
function RegistrationSection({ snapshot, words, base, registrations }: RegistrationSectionProps) {
  const shown = registrations.flatMap((registration) => {
    const pool = snapshot.pools.get(registration.poolId);
    return pool === undefined ? [] : [{ pool, registration }];
  });
  if (shown.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="registrations">
      <h2 id="registrations">{words.registrations}</h2>
      {shown.map(({ pool, registration: { namespace, properties } }) => (
        <Card key={`${pool.id} ${namespace}`} title={namespace === '' ? pool.name : `${pool.name}: ${namespace}`} level={3}>
          <DefinitionList
            definitions={pool.properties.map(({ id, description }) => ({ term: description || id, text: properties[id] ?? '–' }))}
          />
          <Actions>
            <LinkButton href={`${base}/account/registrations?${new URLSearchParams({ pool: pool.id, namespace })}`} kind="secondary">
              {words.edit}
            </LinkButton>
          </Actions>
        </Card>
      ))}
    </section>
  );
}

interface SessionEntryProps {
  snapshot: RegistrySnapshot;
  words: Wording['account'];
  base: string;
  page: AccountPage;
  session: LiveSession;
}

function SessionEntry({ snapshot, words, base, page, session }: SessionEntryProps) {
  const id = session.idHash.toString('hex');
  const method = snapshot.authMethods.get(session.authMethodId)?.name ?? session.authMethodId;
  return (
    <Card title={method} level={3}>
      {page.ownSessions.has(id) && (
        <BadgeRow>
          <Badge kind="accent">{words.thisBrowser}</Badge>
        </BadgeRow>
      )}
      <p>{words.session(when(session.authenticatedAt), when(session.expiresAt))}</p>
      <PostForm action={`${base}/account/sessions/end`} csrf={page.csrf} hidden={{ session: id }}>
        <Actions>
          <Button kind="secondary">{words.endSession}</Button>
        </Actions>
      </PostForm>
    </Card>
  );
}

/** Minutes, in UTC: the server does not know where the person is. */
function when(date: Date): string {
  const text = date.toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** Choice of the way to log in to the account. */
export function renderAccountLoginPage(setting: PageSetting, methods: readonly AuthMethodEntry[]): string {
  const words = setting.language.words.account;
  const base = basePath(setting.snapshot);
  const content = (
    <Card title={words.loginTitle} level={1}>
      <p>{words.howToLogIn}</p>
      {methods.map((method) => (
        <p key={method.id}>
          <LinkButton href={`${base}/${method.id}/login`} kind="secondary" wide={true}>
            {method.name}
          </LinkButton>
        </p>
      ))}
    </Card>
  );
  return renderInSetting(setting, { title: words.loginTitle, width: 'narrow', content });
}
