import type { Pool } from '#config/registry.js';
import { Button } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { PostForm } from '#ui/components/form.js';
import type { Wording } from '../language/language.js';
import { fieldName, type ReadProperties } from '../registration/read-properties.js';
import { type PageSetting, renderInSetting } from './page-setting.js';
import { type PageLink, renderPersonForm } from './person-form-page.js';

export interface RegistrationForm {
  readonly lead: (words: Wording) => string;
  readonly pool: Pool;
  readonly csrf: string;
  readonly read: ReadProperties;
  readonly links?: readonly PageLink[];
}

/** Asks for the properties of a pool. */
export function renderRegistrationForm(setting: PageSetting, { lead, pool, csrf, read, links }: RegistrationForm): string {
  const { registration } = setting.language.words;
  return renderPersonForm(setting, {
    title: pool.name,
    lead: lead(setting.language.words),
    csrf,
    fields: pool.properties.map((property) => {
      const { id, description, required, minLength, maxLength } = property;
      const fault = read.faults.get(id);
      return {
        name: fieldName(property),
        label: `${description || id}${required ? '' : ` (${registration.optional})`}`,
        value: read.values[id] ?? '',
        error: fault === undefined ? undefined : registration.faults[fault](minLength, maxLength),
        required,
        maxLength,
      };
    }),
    submit: registration.submit,
    links,
  });
}

/** Lets a person choose in which of their namespaces they go on. */
export function renderNamespaceChoice(
  setting: PageSetting,
  { pool, namespaces, csrf }: { pool: Pool; namespaces: readonly string[]; csrf: string },
): string {
  const { registration } = setting.language.words;
  const content = (
    <Card title={registration.choose} level={1}>
      <p>{registration.chooseLead(pool.name)}</p>
      <PostForm csrf={csrf}>
        {namespaces.map((namespace) => (
          <Button key={namespace} name="namespace" value={namespace} kind="secondary" wide={true}>
            {namespace}
          </Button>
        ))}
      </PostForm>
    </Card>
  );
  return renderInSetting(setting, { title: registration.choose, width: 'narrow', content });
}
