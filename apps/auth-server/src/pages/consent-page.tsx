import { Alert } from '#ui/components/alert.js';
import { Button } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { DefinitionList } from '#ui/components/definition-list.js';
import { Actions, PostForm } from '#ui/components/form.js';
import type { FlowInProgress } from '../dispatch/flow-in-progress.js';
import { grantedScopes } from '../dispatch/granted-scopes.js';
import { flowPath } from '../http/paths.js';
import type { Wording } from '../language/language.js';
import { Sentence } from '../language/sentence.js';
import { describeRedirectTarget } from '../protocol/redirect-uri.js';
import { type PageSetting, renderInSetting } from './page-setting.js';

export interface ConsentPage {
  readonly flow: FlowInProgress;
  /** E-mail address of the person who is asked. */
  readonly email: string;
  readonly csrf: string;
}

export function renderConsentPage(setting: PageSetting, page: ConsentPage): string {
  const words = setting.language.words.consent;
  return renderInSetting(setting, {
    title: words.title(page.flow.client.applicationName),
    width: 'narrow',
    content: <ConsentCard {...page} words={words} otherLogin={flowPath(setting.snapshot, page.flow, 'login')} />,
  });
}

function ConsentCard({ flow, email, csrf, words, otherLogin }: ConsentPage & { words: Wording['consent']; otherLogin: string }) {
  const { client, issuer, pending } = flow;
  const { device } = pending.request;
  const scopes = grantedScopes(pending);
  return (
    <Card title={words.title(client.applicationName)} level={1}>
      <p>
        <Sentence
          text={words.wants}
          parts={{ application: <strong>{client.applicationName}</strong>, api: <strong>{issuer.api.name}</strong> }}
        />
      </p>
      {device && (
        <Alert kind="warning" title={words.deviceTitle(device.userCode)}>
          {words.deviceHint}
        </Alert>
      )}
      {scopes.length === 0 ? (
        <p>{words.noScopes}</p>
      ) : (
        <>
          <p>{words.scopes}</p>
          <ul>
            {scopes.map((scope) => (
              <li key={scope}>
                {issuer.oauth2.scopes.get(scope) || words.identity[scope] || scope} <code>{scope}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      <DefinitionList
        definitions={[
          { term: words.youAre, text: email },
          ...(device ? [] : [{ term: words.youGoTo, text: describeRedirectTarget(flow.target.redirectUri, words.appOnDevice) }]),
        ]}
      />
      <PostForm csrf={csrf}>
        <Actions>
          <Button name="decision" value="allow">
            {words.allow}
          </Button>
          <Button name="decision" value="deny" kind="secondary">
            {words.deny}
          </Button>
        </Actions>
      </PostForm>
      <p>
        <a href={otherLogin}>{words.someoneElse}</a>
      </p>
    </Card>
  );
}
