import { randomUUID } from 'node:crypto';
import type { Issuer } from '#config/issuer.js';
import type { Registry } from '#config/registry-holder.js';
import type { Client } from '#persistence/subscription/client.store.js';
import type { NewTokens } from '#persistence/token/new-tokens.js';
import { hashToken, newToken } from '#secrets/token.js';
import { signAccessToken } from '#signing/access-token.js';
import type { SigningKeys } from '#signing/signing-keys.js';
import type { PersonClaims } from '../claims/person-claims.js';
import { issueIdToken } from '../openid/id-token.js';
import type { TokenResponse } from './grants/grant-type.js';
import { mayRefresh, newTokenPair } from './new-token-pair.js';

/** For which client at which issuer tokens are made. */
export interface TokenCall {
  readonly issuer: Issuer;
  readonly client: Client;
}

/** The person behind tokens, and how they came to be behind them. */
export interface TokenPerson {
  readonly userId: string;
  /** Who the API is told the person is; null: the account. */
  readonly authenticatedUserid: string | null;
  readonly familyId: string;
  /** When they logged in; null where that is not known. */
  readonly authenticatedAt: Date | null;
  /** Of the authorization request; null where it had none, and at a refresh. */
  readonly nonce: string | null;
  /** Which of their namespaces the tokens are for; null: the API's pool has none. */
  readonly namespace: string | null;
  readonly groups: readonly string[];
  /** The family begins with these tokens. Absent: a code or refresh token that was traded for them keeps the family. */
  readonly begins?: true;
}

export interface MintedTokens {
  /** What the client is told. */
  readonly response: TokenResponse;
  /** What is stored. */
  readonly rows: NewTokens;
}

/** Makes tokens; nothing is stored yet. */
export class TokenMint {
  constructor(
    private readonly registry: Registry,
    private readonly keys: Pick<SigningKeys, 'signer'>,
    private readonly claims: PersonClaims,
  ) {}

  /** Tokens for a person: an access token; a refresh token where the client may have one; an id_token where the scopes ask for it. */
  async forPerson({ issuer, client }: TokenCall, scopes: readonly string[], person: TokenPerson): Promise<MintedTokens> {
    const opaque = newTokenPair(issuer.oauth2, scopes);
    const signed = await this.#signed({ issuer, client }, scopes, person);
    // A signed token is not stored, but where nothing else would keep its family, by which it can be revoked.
    const storedToken = signed === null ? opaque.response.access_token : person.begins ? signed : null;
    const rows = { ...opaque.rows, accessTokenHash: storedToken === null ? null : hashToken(storedToken) };
    const response = signed === null ? opaque.response : { ...opaque.response, access_token: signed };
    const { refresh_token, ...withoutRefresh } = response;
    const refreshes = mayRefresh(client, issuer.oauth2);
    const idToken = scopes.includes('openid') ? await this.#idToken(issuer, client, scopes, person, response.access_token) : null;
    return {
      response: {
        ...withoutRefresh,
        ...(refreshes ? { refresh_token } : {}),
        ...(idToken === null ? {} : { id_token: idToken }),
      },
      rows: refreshes ? rows : { ...rows, refreshTokenHash: null },
    };
  }

  /** A client's own access token (RFC 6749 §4.4.3). @returns `stored`: false where the token says all itself */
  async forClient(call: TokenCall, scopes: readonly string[]): Promise<{ readonly accessToken: string; readonly stored: boolean }> {
    const signed = await this.#signed(call, scopes, null);
    return { accessToken: signed ?? newToken('accessToken'), stored: signed === null };
  }

  /** An access token that is signed (RFC 9068), where the API has such. */
  async #signed({ issuer, client }: TokenCall, scopes: readonly string[], person: TokenPerson | null): Promise<string | null> {
    if (issuer.oauth2.tokenFormat !== 'jwt') return null;
    const issuedAt = Math.floor(Date.now() / 1_000);
    return signAccessToken(await this.keys.signer('ES256'), this.registry.snapshot, issuer, {
      subscriptionId: client.subscriptionId,
      familyId: person?.familyId ?? null,
      clientId: client.clientId,
      userId: person?.userId ?? null,
      authenticatedUserid: person?.authenticatedUserid ?? null,
      namespace: person?.namespace ?? null,
      groups: person?.groups ?? null,
      scopes,
      authenticatedAt: person?.authenticatedAt ?? null,
      id: randomUUID(),
      issuedAt,
      expiresAt: issuedAt + issuer.oauth2.accessTokenTtl,
    });
  }

  async #idToken(issuer: Issuer, client: Client, scopes: readonly string[], person: TokenPerson, accessToken: string): Promise<string> {
    const { userId, familyId, authenticatedAt, nonce, namespace, begins } = person;
    const claims = (await this.claims.find(userId, issuer, scopes, begins ? { namespace } : { familyId })) ?? { sub: userId };
    const signer = await this.keys.signer('RS256');
    return issueIdToken(signer, { issuerUrl: issuer.url, clientId: client.clientId, authenticatedAt, nonce, accessToken, claims });
  }
}
