import { Card } from '#ui/components/card.js';
import type { PageMessage } from '../authorize/authorization-error.js';
import type { Wording } from '../language/language.js';
import { type PageSetting, renderInSetting } from './page-setting.js';
import { type PageLink, PersonLinks } from './person-form-page.js';

/** A page that says one thing: an error, or that something is done. */
export function renderMessagePage(setting: PageSetting, say: (words: Wording) => PageMessage, link?: PageLink): string {
  const { title, explanation } = say(setting.language.words);
  const content = (
    <Card title={title} level={1}>
      <p>{explanation}</p>
      {link !== undefined && <PersonLinks links={[link]} />}
    </Card>
  );
  return renderInSetting(setting, { title, width: 'narrow', content });
}
