import { type Issuer, resolveIssuer } from '#config/issuer.js';
import type { Registry } from '#config/registry-holder.js';
import type { AuthorizationRequestStore, PendingAuthorization } from '#persistence/authorization/authorization-request.store.js';
import type { Client, ClientStore } from '#persistence/subscription/client.store.js';
import { PageError, type VerifiedTarget } from '../authorize/authorization-error.js';
import { matchRedirectUri } from '../protocol/redirect-uri.js';

/** An authorization between the authorization endpoint and the client, with what it was checked against, looked up anew. */
export interface FlowInProgress {
  /** Id in the pages' URLs. */
  readonly id: string;
  readonly pending: PendingAuthorization;
  readonly issuer: Issuer;
  readonly client: Client;
  readonly target: VerifiedTarget;
}

/** Value of the parameter `request` of the pages: an id of ours. */
const FLOW_ID = /^[A-Za-z0-9_-]{43}$/;

/** Finds a flow for the browser that began it, and holds it against the config and the subscription as they are now. */
export class FlowLookup {
  constructor(
    private readonly registry: Registry,
    private readonly requests: AuthorizationRequestStore,
    private readonly clients: ClientStore,
  ) {}

  /**
   * @param browserId cookie of the browser; null where it sent none
   * @throws PageError when there is no such flow for this browser and auth method, when it ended, or when it may no longer go on
   */
  async find(id: string, browserId: string | null, authMethodId: string): Promise<FlowInProgress> {
    // RFC 9700 §4.4, §4.7: a flow of another browser or another auth method is as good as none.
    const pending = FLOW_ID.test(id) && browserId !== null ? await this.requests.find(id, browserId, authMethodId) : null;
    if (pending === null) {
      throw new PageError(400, ({ errors }) => errors.flowUnknown);
    }
    if (pending.finished) {
      throw new PageError(400, ({ errors }) => errors.flowComplete);
    }
    const issuer = resolveIssuer(this.registry.snapshot, authMethodId, pending.apiId);
    const client = await this.clients.findBySubscriptionId(pending.subscriptionId);
    const { redirectUri, state, responseType } = pending.request;
    if (issuer === null || client === null || !isInForce(client) || !isTargetRegistered(client, pending)) {
      throw new PageError(400, ({ errors }) => errors.flowChanged);
    }
    const mode = responseType === 'token' ? 'fragment' : 'query';
    return { id, pending, issuer, client, target: { redirectUri, state, issuerUrl: issuer.url, mode } };
  }
}

/** The flow of a device ends at a page of ours. */
function isTargetRegistered(client: Client, { request }: PendingAuthorization): boolean {
  return request.responseType === 'device' || matchRedirectUri(client.redirectUris, request.redirectUri);
}

function isInForce(client: Client): boolean {
  return client.status === 'approved' && !client.applicationBlocked;
}
