import type { ComponentChildren } from 'preact';

interface BadgeProps {
  kind?: 'neutral' | 'accent' | 'success' | 'warning' | 'error';
  /** Leads somewhere, such as to all that share the tag. */
  href?: string;
  children: ComponentChildren;
}

export function Badge({ kind = 'neutral', href, children }: BadgeProps) {
  const name = `badge badge-${kind}`;
  if (href === undefined) return <span class={name}>{children}</span>;
  return (
    <a class={name} href={href}>
      {children}
    </a>
  );
}

export function BadgeRow({ children }: { children: ComponentChildren }) {
  return <p class="badge-row">{children}</p>;
}
