import { Alert } from '#ui/components/alert.js';
import { Button } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { Field, type FieldProps } from '#ui/components/field.js';
import { PostForm } from '#ui/components/form.js';
import { type PageSetting, renderInSetting } from './page-setting.js';

export interface PageLink {
  readonly href: string;
  readonly label: string;
}

/** A page with one form around the login: sign-up, a forgotten password, a new one. */
export interface PersonForm {
  readonly title: string;
  readonly lead: string;
  readonly csrf: string;
  readonly alert?: { readonly kind: 'error' | 'success'; readonly title: string; readonly text?: string };
  readonly fields: readonly FieldProps[];
  readonly submit: string;
  readonly links?: readonly PageLink[];
}

export function renderPersonForm(setting: PageSetting, form: PersonForm): string {
  const { title, lead, csrf, alert, fields, submit, links = [] } = form;
  // What is wrong comes first, then what is still empty.
  const focused = fields.find(({ error }) => error !== undefined) ?? fields.find(({ value }) => !value);
  const content = (
    <Card title={title} level={1}>
      <p>{lead}</p>
      {alert !== undefined && (
        <Alert kind={alert.kind} title={alert.title}>
          {alert.text}
        </Alert>
      )}
      <PostForm csrf={csrf}>
        {fields.map((field) => (
          <Field key={field.name} {...field} autofocus={field === focused} />
        ))}
        <Button wide={true}>{submit}</Button>
      </PostForm>
      <PersonLinks links={links} />
    </Card>
  );
  return renderInSetting(setting, { title, width: 'narrow', content });
}

export function PersonLinks({ links }: { links: readonly PageLink[] }) {
  return (
    <>
      {links.map(({ href, label }) => (
        <p key={href}>
          <a href={href}>{label}</a>
        </p>
      ))}
    </>
  );
}
