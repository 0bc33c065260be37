import type { RegistrySnapshot } from '#config/registry.js';
import type { FlowInProgress } from '../dispatch/flow-in-progress.js';

/** Path of the public URL, under which browsers see everything of the auth-server; empty or such as `/auth`. */
export function basePath(snapshot: RegistrySnapshot): string {
  return new URL(snapshot.publicUrls.auth).pathname.replace(/\/+$/, '');
}

/** Where a person goes on with a flow. The address carries the languages that the client asked for. */
export function flowPath(
  snapshot: RegistrySnapshot,
  { id, pending }: FlowInProgress,
  step: 'login' | 'change-password' | 'registration' | 'consent' | 'continue',
): string {
  const { uiLocales } = pending.request;
  const languages = uiLocales ? `&ui_locales=${encodeURIComponent(uiLocales)}` : '';
  return `${basePath(snapshot)}/${pending.authMethodId}/${step}?request=${id}${languages}`;
}
