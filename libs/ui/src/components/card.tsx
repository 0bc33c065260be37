import type { ComponentChildren } from 'preact';

interface CardProps {
  title?: ComponentChildren;
  /** Level of the title in the page's outline. */
  level?: 1 | 2 | 3;
  /** Makes the title a link, and the card its target. */
  href?: string;
  id?: string;
  children?: ComponentChildren;
}

export function Card({ title, level = 2, href, id, children }: CardProps) {
  const Heading = `h${level}` as 'h1' | 'h2' | 'h3';
  return (
    <section class={href === undefined ? 'card' : 'card card-link'} id={id}>
      {title !== undefined && <Heading class="card-title">{href === undefined ? title : <a href={href}>{title}</a>}</Heading>}
      {children}
    </section>
  );
}

/** Cards beside each other where there is room. */
export function CardGrid({ children }: { children: ComponentChildren }) {
  return <div class="card-grid">{children}</div>;
}
