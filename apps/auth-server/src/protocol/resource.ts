import { resourceUrls } from '#config/issuer.js';
import type { Api, RegistrySnapshot } from '#config/registry.js';

/** Whether a resource indicator (RFC 8707 §2) names the API: the gateway's URL with the path of one of its routes. */
export function isResourceOf(snapshot: RegistrySnapshot, api: Api, resource: string): boolean {
  return resourceUrls(snapshot, api).includes(resource.replace(/\/$/, ''));
}
