import type { Request } from 'express';
import type { RegistrySnapshot } from '#config/registry.js';
import { pageSite } from '#ui/page/page-site.js';
import { type Page, renderPage } from '#ui/page/render-page.js';
import type { Language } from '../language/language.js';
import { languageOf } from '../language/request-language.js';

/** What every page of the auth-server is rendered in: the config in force, and the language of the person. */
export interface PageSetting {
  readonly snapshot: RegistrySnapshot;
  readonly language: Language;
}

export function pageSetting(snapshot: RegistrySnapshot, request: Request): PageSetting {
  return { snapshot, language: languageOf(request) };
}

/** Puts content into the frame of the site. */
export function renderInSetting({ snapshot, language }: PageSetting, page: Omit<Page, 'site' | 'language'>): string {
  const { tag, words } = language;
  return renderPage({ ...page, site: pageSite(snapshot, 'auth'), language: { tag, skipToContent: words.skipToContent } });
}
