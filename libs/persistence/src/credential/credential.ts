/** What the database knows of a credential: the facts on which a call is decided, without the decision. */
export interface Credential {
  readonly kind: 'token' | 'key';
  readonly applicationId: string;
  readonly applicationBlocked: boolean;
  readonly subscriptionId: string;
  readonly subscriptionStatus: 'approved' | 'pending' | 'blocked';
  /** API of the subscription. */
  readonly apiId: string;
  readonly planId: string;
  /** Client id for a token, id of the key for an API key. */
  readonly identifier: string;
  /** Scopes of the token; for a key those of its subscription, null: all of the API. */
  readonly scopes: readonly string[] | null;
  /** The person for whom a token was issued; null for a key and for a client's own token. */
  readonly user: {
    readonly id: string;
    readonly blocked: boolean;
    readonly groups: readonly string[];
    /** Which of the person's namespaces the token is for; null where the API's pool has none. */
    readonly namespace: string | null;
    /** Who the upstream is told the person is, in place of the account; null or absent: the account. */
    readonly authenticatedUserid?: string | null;
  } | null;
  /** null for a key and for a client's own token. */
  readonly familyId: string | null;
  readonly familyRevoked: boolean;
  /** Signed tokens that were issued up to then (seconds since the epoch) have ended; null or absent: none have. */
  readonly signedEnded?: number | null;
  /** Milliseconds from the reading until it expires, by the database's clock; null: it does not expire. */
  readonly remainingMs: number | null;
}
