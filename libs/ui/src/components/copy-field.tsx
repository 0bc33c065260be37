import { CopyButton } from './copy-button.js';

/** One line to take away, such as a URL: selected whole by a click, copied by its button. */
export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div class="copy-field" data-copy="">
      <span class="copy-field-label">{label}</span>
      <code class="copy-field-value" data-copy-source="">
        {value}
      </code>
      <CopyButton what={label} />
    </div>
  );
}
