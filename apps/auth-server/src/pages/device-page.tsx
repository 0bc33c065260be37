import { Button } from '#ui/components/button.js';
import { Card } from '#ui/components/card.js';
import { Field } from '#ui/components/field.js';
import { PostForm } from '#ui/components/form.js';
import { type PageSetting, renderInSetting } from './page-setting.js';

export interface DevicePage {
  readonly csrf: string;
  /** To begin with. */
  readonly code: string;
  readonly failed: boolean;
}

/** Asks for the code that a device shows. */
export function renderDevicePage(setting: PageSetting, { csrf, code, failed }: DevicePage): string {
  const words = setting.language.words.device;
  const error = failed ? { error: words.unknown } : {};
  const content = (
    <Card title={words.title} level={1}>
      <p>{words.explanation}</p>
      <PostForm csrf={csrf}>
        <Field
          name="user_code"
          label={words.code}
          hint={words.compare}
          value={code}
          autocomplete="off"
          placeholder="BCDF-GHJK"
          maxLength={40}
          required={true}
          autofocus={true}
          {...error}
        />
        <Button wide={true}>{words.submit}</Button>
      </PostForm>
    </Card>
  );
  return renderInSetting(setting, { title: words.title, width: 'narrow', content });
}
