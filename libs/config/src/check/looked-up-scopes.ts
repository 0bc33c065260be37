import type { Part } from '../decode/draft.js';
import type { ApiFile } from '../schema/api.schema.js';

/** Whether a service lists scopes of the API: which names it has cannot be said of the folder alone. */
export function hasLookedUpScopes({ value }: Part<ApiFile>): boolean {
  return (value.oauth2?.scopeLookupUrl ?? null) !== null;
}
