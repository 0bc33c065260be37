import type { ComponentChildren } from 'preact';

interface PostFormProps {
  /** Absent: the page's own address. */
  action?: string;
  /** Value of the anti-forgery token; sent as the hidden field `csrf`. */
  csrf: string;
  /** Further hidden fields. */
  hidden?: Readonly<Record<string, string>>;
  children: ComponentChildren;
}

/** Name of the hidden field that carries the anti-forgery token. */
export const CSRF_FIELD = 'csrf';

/** A form that changes something: it cannot be written without its anti-forgery token. */
export function PostForm({ action, csrf, hidden = {}, children }: PostFormProps) {
  return (
    <form class="form" method="post" action={action}>
      <input type="hidden" name={CSRF_FIELD} value={csrf} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}

/** A form that only asks: what it sends stands in the address. */
export function SearchForm({ action, children }: { action: string; children: ComponentChildren }) {
  return (
    <search>
      <form class="search-form" method="get" action={action}>
        {children}
      </form>
    </search>
  );
}

/** Buttons side by side, below each other on a phone. */
export function Actions({ children }: { children: ComponentChildren }) {
  return <div class="actions">{children}</div>;
}
