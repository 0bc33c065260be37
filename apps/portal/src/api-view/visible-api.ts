import type { Api, RegistrySnapshot } from '#config/registry.js';

export type ApiVisibility =
  | { readonly visible: true; readonly membersOnly: boolean }
  | { readonly visible: false; readonly reason: 'members-only' | 'unknown-api' };

/** Whether a visitor who has not logged in may see an API. An unknown API and a hidden one look the same to them. */
export function authorizeApiView(api: Api | undefined): ApiVisibility {
  if (api === undefined) return { visible: false, reason: 'unknown-api' };
  if (api.group === null) return { visible: true, membersOnly: false };
  // A partner API is shown to everyone, but only members of its group can subscribe.
  return api.partner ? { visible: true, membersOnly: true } : { visible: false, reason: 'members-only' };
}

/** The APIs that everyone may see, by name; deprecated ones last. */
export function visibleApis(snapshot: RegistrySnapshot): Api[] {
  return [...snapshot.apis.values()]
    .filter((api) => authorizeApiView(api).visible)
    .sort((one, other) => Number(one.deprecated) - Number(other.deprecated) || one.name.localeCompare(other.name, 'en'));
}
