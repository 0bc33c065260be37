/**
 * The contract between the token endpoint and its grants. The host has read the request, authenticated the client, checked that
 * its subscription is in force and that the API allows the grant; a grant only turns its parameters into tokens.
 */

import type { Issuer } from '#config/issuer.js';
import type { GrantName, OAuth2Settings } from '#config/registry.js';
import type { Client } from '#persistence/subscription/client.store.js';
import type { Parameters } from '../../protocol/parameters.js';

export interface GrantCall {
  readonly issuer: Issuer;
  /** Authenticated, and subscribed to the issuer's API. */
  readonly client: Client;
  readonly parameters: Parameters;
  /** Of the client, for the audit log. */
  readonly address: string;
}

/** RFC 6749 §5.1, under its wire names. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token?: string;
  /** OpenID Connect Core §3.1.3.3. */
  readonly id_token?: string;
  /** What was granted, whether or not it is what was asked for; empty: no scope. */
  readonly scope: string;
}

export interface GrantType {
  readonly name: GrantName;
  /** Parameters without which the host refuses the request. */
  readonly requiredParameters: readonly string[];
  /** Whether clients of this kind may use the grant. */
  mayUse(client: Client, oauth2: OAuth2Settings): boolean;
  /** @throws OAuthError */
  exchange(call: GrantCall): Promise<TokenResponse>;
}
