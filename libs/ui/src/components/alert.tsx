import type { ComponentChildren } from 'preact';

interface AlertProps {
  kind: 'note' | 'success' | 'warning' | 'error';
  title?: string;
  children?: ComponentChildren;
}

/** A message that must not be missed. Errors are announced at once, the others when the reader pauses. */
export function Alert({ kind, title, children }: AlertProps) {
  return (
    <div class={`alert alert-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {title !== undefined && <p class="alert-title">{title}</p>}
      {children !== undefined && <div class="alert-text">{children}</div>}
    </div>
  );
}
