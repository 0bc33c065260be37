import type { RegistrySnapshot } from '#config/registry.js';
import { Button } from '#ui/components/button.js';
import { CardGrid } from '#ui/components/card.js';
import { Field, SelectField } from '#ui/components/field.js';
import { SearchForm } from '#ui/components/form.js';
import { type ApiSearch, searchApis, tagsOf } from '../api-view/search-apis.js';
import { visibleApis } from '../api-view/visible-api.js';
import { portalPage } from '../portal-page.js';
import { ApiCard } from './api-card.js';

export function apisPage(snapshot: RegistrySnapshot, search: ApiSearch): string {
  const all = visibleApis(snapshot);
  const found = searchApis(all, search);
  const tags = tagsOf(all);
  const searching = search.text !== '' || search.tag !== '';
  const description = `All APIs of ${snapshot.title}.`;
  return portalPage(snapshot, { title: 'APIs', section: 'apis', description: searching ? undefined : description }, (path) => (
    <div class="stack">
      <h1>APIs</h1>
      <SearchForm action={path('/apis')}>
        <Field name="q" label="Search" type="search" value={search.text} placeholder="Name or topic" maxLength={200} />
        {tags.length > 0 && (
          <SelectField
            name="tag"
            label="Tag"
            value={search.tag}
            options={[{ value: '', label: 'Any tag' }, ...tags.map((tag) => ({ value: tag, label: tag }))]}
          />
        )}
        <Button kind="secondary">Search</Button>
      </SearchForm>
      <p class="muted small" role="status">
        {found.length === 1 ? '1 API' : `${found.length} APIs`}
        {searching && (
          <>
            {' of '}
            {all.length} · <a href={path('/apis')}>Show all</a>
          </>
        )}
      </p>
      {found.length > 0 ? (
        <CardGrid>
          {found.map((api) => (
            <ApiCard key={api.id} api={api} path={path} level={2} />
          ))}
        </CardGrid>
      ) : (
        <div class="empty">
          <p>{searching ? 'No API matches. Try fewer words or another tag.' : 'No API is published yet.'}</p>
        </div>
      )}
    </div>
  ));
}
