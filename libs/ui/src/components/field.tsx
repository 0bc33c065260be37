export interface FieldProps {
  /** Name that the form sends, and id of the input. */
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'search' | 'url';
  value?: string;
  hint?: string;
  /** Says what is wrong with the value and how to mend it. */
  error?: string;
  /** Autofill token of HTML §4.10.18.7, such as `username` or `current-password`. */
  autocomplete?: string;
  placeholder?: string;
  required?: boolean;
  autofocus?: boolean;
  minLength?: number;
  maxLength?: number;
}

/** A labelled input; hint and error are tied to it for screen readers. */
export function Field({ name, label, type = 'text', hint, error, required = false, ...input }: FieldProps) {
  const hintId = hint === undefined ? undefined : `${name}-hint`;
  const errorId = error === undefined ? undefined : `${name}-error`;
  const describedBy = [errorId, hintId].filter((id) => id !== undefined).join(' ');
  return (
    <div class={error === undefined ? 'field' : 'field field-invalid'}>
      <label for={name}>{label}</label>
      {hint !== undefined && (
        <p class="field-hint" id={hintId}>
          {hint}
        </p>
      )}
      <input
        id={name}
        name={name}
        // Preact's types tie each type of input to its ARIA roles, so one element cannot have a union of them.
        type={type as 'text'}
        value={input.value}
        placeholder={input.placeholder}
        autocomplete={input.autocomplete}
        required={required}
        autofocus={input.autofocus}
        minLength={input.minLength}
        maxLength={input.maxLength}
        autocapitalize={type === 'text' ? undefined : 'none'}
        spellcheck={type === 'text' ? undefined : false}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy === '' ? undefined : describedBy}
      />
      {error !== undefined && (
        <p class="field-error" id={errorId}>
          {error}
        </p>
      )}
    </div>
  );
}

interface SelectFieldProps {
  name: string;
  label: string;
  options: readonly { readonly value: string; readonly label: string }[];
  value?: string;
}

export function SelectField({ name, label, options, value }: SelectFieldProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
