import type { ComponentChildren } from 'preact';
import { checkHref } from '../page/link-target.js';

type ButtonKind = 'primary' | 'secondary' | 'danger' | 'quiet';

interface ButtonProps {
  kind?: ButtonKind;
  /** As wide as its container: the one button of a narrow form. */
  wide?: boolean;
  /** Name and value that the form sends when this button was the one pressed. */
  name?: string;
  value?: string;
  children: ComponentChildren;
}

/** Submits the form that it stands in. */
export function Button({ kind = 'primary', wide = false, name, value, children }: ButtonProps) {
  return (
    <button type="submit" class={buttonClass(kind, wide)} name={name} value={value}>
      {children}
    </button>
  );
}

interface LinkButtonProps {
  href: string;
  kind?: ButtonKind;
  wide?: boolean;
  /** File name under which the browser keeps what the link leads to. */
  download?: string;
  children: ComponentChildren;
}

/** A link that looks like a button: it leads somewhere and changes nothing. */
export function LinkButton({ href, kind = 'primary', wide = false, download, children }: LinkButtonProps) {
  return (
    <a class={buttonClass(kind, wide)} href={checkHref(href)} download={download}>
      {children}
    </a>
  );
}

function buttonClass(kind: ButtonKind, wide: boolean): string {
  return `button button-${kind}${wide ? ' button-wide' : ''}`;
}
