import { Button } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { PostForm } from '#ui/components/form.js';
import { basePath } from '../http/paths.js';
import { renderMessagePage } from './message-page.js';
import { type PageSetting, renderInSetting } from './page-setting.js';

/** Asks before it logs out: a link alone must not (RFC 6749 §10.12). @param hidden parameters that the form passes on */
export function renderLogoutPage(setting: PageSetting, csrf: string, hidden: Readonly<Record<string, string>>): string {
  const { logout } = setting.language.words;
  const content = (
    <Card title={logout.question} level={1}>
      <p>{logout.explanation}</p>
      <PostForm csrf={csrf} hidden={hidden}>
        <Button wide={true}>{logout.submit}</Button>
      </PostForm>
    </Card>
  );
  return renderInSetting(setting, { title: logout.title, width: 'narrow', content });
}

export interface LoggedOut {
  /** Names of the auth methods by which this browser is logged in all the same. */
  readonly remaining: readonly string[];
  /** Whether the application asked to go on to an address that is not registered for it. */
  readonly unregistered: boolean;
}

/** Where nobody is sent on: says what has ended, and what has not. */
export function renderLoggedOutPage(setting: PageSetting, { remaining, unregistered }: LoggedOut): string {
  const { logout } = setting.language.words;
  const told = [...(unregistered ? [logout.unregistered] : []), ...(remaining.length > 0 ? [logout.remaining(remaining.join(', '))] : [])];
  const explanation = told.length > 0 ? told.join(' ') : logout.done.explanation;
  const link = { href: `${basePath(setting.snapshot)}/logout`, label: logout.submitAll };
  return renderMessagePage(setting, () => ({ title: logout.done.title, explanation }), remaining.length > 0 ? link : undefined);
}
