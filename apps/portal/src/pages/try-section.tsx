import type { Api, RegistrySnapshot } from '#config/registry.js';
import { CodeBlock } from '#ui/components/code-block.js';
import type { AuthMethodUrls } from '../api-view/api-urls.js';
import { type CurlStep, PLACEHOLDERS } from '../curl/curl-step.js';
import { type ExampleCall, exampleCallOf } from '../curl/example-call.js';
import { keySteps, openSteps } from '../curl/key-steps.js';
import { type ClientKind, clientKindsOf, oauthSteps } from '../curl/oauth-steps.js';
import type { PortalPath } from '../portal-page.js';
import { PageSection } from './api-sections.js';

/** Which commands the visitor asked for, as the address says. */
export interface TryChoice {
  readonly method: string;
  readonly client: string;
}

interface TryProps {
  readonly snapshot: RegistrySnapshot;
  readonly api: Api;
  readonly methods: readonly AuthMethodUrls[];
  readonly choice: TryChoice;
  readonly path: PortalPath;
}

const CLIENT_WORDS: Readonly<Record<ClientKind, string>> = {
  confidential: 'With a secret',
  public: 'Without one (PKCE)',
  machine: 'No person',
};

/** Commands to paste into a shell, in order, for every kind of credential that the API takes. */
export function TrySection(props: TryProps) {
  const { snapshot, api } = props;
  const call = exampleCallOf(snapshot, api);
  if (call === null) return null;
  return (
    <PageSection id="try" title="Try it">
      {api.auth.length === 0 && <Steps steps={openSteps(call)} />}
      {api.oauth2 !== null && props.methods.length > 0 && <OAuthTry {...props} call={call} />}
      {api.auth.includes('key-auth') && (
        <>
          {api.auth.length > 1 && <h3>Or with an API key</h3>}
          <Steps steps={keySteps(call, snapshot.apiKeyHeader)} />
        </>
      )}
    </PageSection>
  );
}

function OAuthTry({ api, methods, choice, path, call }: TryProps & { call: ExampleCall }) {
  const urls = methods.find(({ method }) => method.id === choice.method) ?? methods[0];
  const kinds = api.oauth2 === null ? [] : clientKindsOf(api.oauth2);
  const client = kinds.find((kind) => kind === choice.client) ?? kinds[0];
  if (urls === undefined || client === undefined || api.oauth2 === null) return null;
  const address = (method: string, kind: ClientKind): string =>
    path(`/apis/${api.id}?method=${encodeURIComponent(method)}&client=${kind}#try`);
  return (
    <>
      <div class="choices">
        <Choice
          label="Sign-in method"
          options={methods.map(({ method }) => ({
            label: method.name,
            href: address(method.id, client),
            chosen: method.id === urls.method.id,
          }))}
        />
        <Choice
          label="Your application"
          options={kinds.map((kind) => ({
            label: CLIENT_WORDS[kind],
            href: address(urls.method.id, kind),
            chosen: kind === client,
          }))}
        />
      </div>
      <Steps steps={oauthSteps({ urls, oauth2: api.oauth2, call, client })} />
    </>
  );
}

interface ChoiceProps {
  label: string;
  options: readonly { readonly label: string; readonly href: string; readonly chosen: boolean }[];
}

/** Links that look like a switch; there is none where there is nothing to choose. */
function Choice({ label, options }: ChoiceProps) {
  if (options.length < 2) return null;
  return (
    <nav class="choice" aria-label={label}>
      <span class="choice-label" aria-hidden="true">
        {label}
      </span>
      <ul>
        {options.map((option) => (
          <li key={option.href}>
            <a href={option.href} aria-current={option.chosen ? 'true' : undefined}>
              {option.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Steps({ steps }: { steps: readonly CurlStep[] }) {
  return (
    <ol class={steps.length > 1 ? 'steps' : 'steps steps-single'}>
      {steps.map(({ title, explanation, code, alternative }) => (
        <li key={title}>
          <h3>{title}</h3>
          <p class="muted">{explanation}</p>
          <CodeBlock label="Shell" code={code} placeholders={PLACEHOLDERS} />
          {alternative !== undefined && (
            <details>
              <summary>{alternative.title}</summary>
              <CodeBlock label="Shell" code={alternative.code} placeholders={PLACEHOLDERS} />
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}
