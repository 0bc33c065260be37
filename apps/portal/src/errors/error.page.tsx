import type { RegistrySnapshot } from '#config/registry.js';
import { Alert } from '#ui/components/alert.js';
import { LinkButton } from '#ui/components/button.js';
import { Actions } from '#ui/components/form.js';
import { portalPage } from '../portal-page.js';

/** @param id under which the log tells more; shown where the fault is ours */
export function errorPage(snapshot: RegistrySnapshot, status: number, id: string): string {
  const missing = status === 404;
  const ours = status >= 500;
  const title = missing ? 'Page not found' : ours ? 'Something went wrong' : 'The request cannot be answered';
  return portalPage(snapshot, { title, width: 'narrow' }, (path) => (
    <>
      <h1>{title}</h1>
      {missing && <p class="lead">There is nothing at this address. The API may have been renamed or withdrawn, or it is not public.</p>}
      {ours && (
        <Alert kind="error" title="The fault is on our side">
          Try again in a moment. If it stays, tell the people who run this portal this id: <code>{id}</code>
        </Alert>
      )}
      {!missing && !ours && <p class="lead">The browser sent something that this page does not understand (status {status}).</p>}
      <Actions>
        <LinkButton href={path('/apis')}>Browse the APIs</LinkButton>
        <LinkButton href={path('/')} kind="secondary">
          Home
        </LinkButton>
      </Actions>
    </>
  ));
}
