/**
 * The look that portal and auth-server share: typed TSX templates, rendered on the server, escaped by default.
 *
 * Flow: a controller makes a `Page` (its content built of the components in components/) → `renderPage` → HTML text. Stylesheet,
 * theme, logo and script come from assets/ under content-hashed URLs; `securityHeaders` (security-headers.ts) go on every page.
 * There is no inline script or style, and every page works without script. This lib must not import persistence or an app.
 */
import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { type NavLink, PageFooter, PageHeader } from './page-frame.js';
import type { PageSite } from './page-site.js';

export interface Page {
  readonly site: PageSite;
  /** What the page is; `<title>` adds the installation's. */
  readonly title: string;
  /** `narrow`: one column for a form or a message, such as login. */
  readonly width?: 'wide' | 'narrow';
  readonly nav?: readonly NavLink[];
  /** Language of the content; English unless told. */
  readonly language?: PageLanguage;
  /** For search engines; absent: the page asks not to be indexed. */
  readonly description?: string;
  readonly content: ComponentChildren;
}

/** The language that a page is written in. */
export interface PageLanguage {
  /** BCP 47. */
  readonly tag: string;
  /** Text of the link that leads past the header. */
  readonly skipToContent: string;
}

const ENGLISH: PageLanguage = { tag: 'en', skipToContent: 'Skip to content' };

/** @returns the whole document */
export function renderPage(page: Page): string {
  return `<!doctype html>\n${renderToString(<PageDocument {...page} />)}\n`;
}

function PageDocument({ site, title, width = 'wide', nav = [], language = ENGLISH, description, content }: Page) {
  return (
    <html lang={language.tag}>
      <head>
        <meta charset="utf-8" />
        <title>{title === site.title ? title : `${title} · ${site.title}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {description === undefined ? <meta name="robots" content="noindex" /> : <meta name="description" content={description} />}
        {site.stylesheetUrls.map((url) => (
          <link key={url} rel="stylesheet" href={url} />
        ))}
        <link rel="icon" href={site.iconUrl} />
        <script src={site.scriptUrl} defer />
      </head>
      <body class={`page page-${width}`}>
        <a class="skip-link" href="#content">
          {language.skipToContent}
        </a>
        <PageHeader site={site} nav={nav} />
        <main id="content" tabIndex={-1}>
          {content}
        </main>
        <PageFooter site={site} />
        <p class="visually-hidden" role="status" data-announcer="" />
      </body>
    </html>
  );
}
