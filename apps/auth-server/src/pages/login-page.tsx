import type { AuthMethodEntry } from '#config/registry.js';
import { Alert } from '#ui/components/alert.js';
import { Button } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { Field } from '#ui/components/field.js';
import { PostForm } from '#ui/components/form.js';
import type { FlowInProgress } from '../dispatch/flow-in-progress.js';
import type { Wording } from '../language/language.js';
import { Sentence } from '../language/sentence.js';
import { type PageSetting, renderInSetting } from './page-setting.js';

export interface LoginPage {
  readonly entry: AuthMethodEntry;
  /** null: the person logs in to their account. */
  readonly flow: FlowInProgress | null;
  readonly csrf: string;
  readonly email: string;
  readonly failed: boolean;
  /** What the person did before they came here. */
  readonly done: 'verified' | 'password' | null;
  /** null: nobody can create an account here. */
  readonly signupUrl: string | null;
  /** null: passwords are not kept here. */
  readonly forgotUrl: string | null;
}

export function renderLoginPage(setting: PageSetting, page: LoginPage): string {
  const words = setting.language.words.login;
  return renderInSetting(setting, { title: words.title, width: 'narrow', content: <LoginCard {...page} words={words} /> });
}

function LoginCard({ entry, flow, csrf, email, failed, done, signupUrl, forgotUrl, words }: LoginPage & { words: Wording['login'] }) {
  return (
    <Card title={words.title} level={1}>
      <p>
        <Sentence
          text={flow === null ? words.toAccount : words.toApplication}
          parts={{ application: <strong>{flow?.client.applicationName}</strong>, method: entry.name }}
        />
      </p>
      {done !== null && !failed && <Alert kind="success" title={done === 'verified' ? words.verified : words.passwordSet} />}
      {failed && (
        <Alert kind="error" title={words.failedTitle}>
          {words.failed}
        </Alert>
      )}
      <PostForm csrf={csrf}>
        <Field
          name="email"
          label={words.email}
          type="email"
          value={email}
          autocomplete="username"
          required={true}
          autofocus={email === ''}
        />
        <Field
          name="password"
          label={words.password}
          type="password"
          autocomplete="current-password"
          required={true}
          autofocus={email !== ''}
        />
        <Button wide={true}>{words.submit}</Button>
      </PostForm>
      {(forgotUrl !== null || signupUrl !== null) && (
        <p class="link-row">
          {forgotUrl !== null && <a href={forgotUrl}>{words.forgotPassword}</a>}
          {signupUrl !== null && <a href={signupUrl}>{words.signUp}</a>}
        </p>
      )}
    </Card>
  );
}
