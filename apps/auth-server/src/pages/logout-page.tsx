import { Button } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { PostForm } from '#ui/components/form.js';
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
