import type { PageSite } from './page-site.js';

export interface NavLink {
  readonly label: string;
  readonly href: string;
  /** Whether the page shown is the one that the link leads to, or stands below it. */
  readonly current?: boolean;
}

/** A gate in the theme's colour, for installations without a logo. */
function GateMark() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <path d="M4 28V15C4 8.4 9.4 3 16 3s12 5.4 12 12v13h-6V15a6 6 0 0 0-12 0v13z" />
      <path d="M14 28V15a2 2 0 0 1 4 0v13z" />
    </svg>
  );
}

export function PageHeader({ site, nav }: { site: PageSite; nav: readonly NavLink[] }) {
  return (
    <header class="page-header">
      <div class="page-header-row">
        <a class="brand" href={site.homeUrl}>
          {site.logoUrl ? <img class="brand-logo" src={site.logoUrl} alt="" /> : <GateMark />}
          <span>{site.title}</span>
        </a>
        {nav.length > 0 && (
          <nav class="page-nav" aria-label="Main">
            <ul>
              {nav.map((link) => (
                <li key={link.href}>
                  <a href={link.href} aria-current={link.current ? 'page' : undefined}>
                    {link.label}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        )}
      </div>
    </header>
  );
}

export function PageFooter({ site }: { site: PageSite }) {
  return (
    <footer class="page-footer">
      <p>{site.title}</p>
    </footer>
  );
}
