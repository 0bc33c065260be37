import type { Api } from '#config/registry.js';
import { Badge, BadgeRow } from '#ui/components/badge.js';
import { Card } from '#ui/components/card.js';
import type { PortalPath } from '../portal-page.js';

const SCHEME_NAMES = { oauth2: 'OAuth 2.0', 'key-auth': 'API key' } as const;

/** What tells one API from another at a glance. */
export function ApiBadges({ api, path }: { api: Api; path: PortalPath }) {
  return (
    <BadgeRow>
      {api.deprecated && <Badge kind="warning">Deprecated</Badge>}
      {api.partner && api.group !== null && <Badge kind="neutral">Partners</Badge>}
      {api.auth.length === 0 && <Badge kind="success">Open</Badge>}
      {api.auth.map((scheme) => (
        <Badge key={scheme} kind="accent">
          {SCHEME_NAMES[scheme]}
        </Badge>
      ))}
      {api.tags.map((tag) => (
        <Badge key={tag} href={path(`/apis?tag=${encodeURIComponent(tag)}`)}>
          {tag}
        </Badge>
      ))}
    </BadgeRow>
  );
}

export function ApiCard({ api, path, level }: { api: Api; path: PortalPath; level: 2 | 3 }) {
  return (
    <Card title={api.name} level={level} href={path(`/apis/${api.id}`)}>
      {api.summary !== '' && <p class="muted">{api.summary}</p>}
      <ApiBadges api={api} path={path} />
    </Card>
  );
}
