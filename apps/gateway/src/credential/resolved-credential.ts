import type { Credential } from '#persistence/credential/credential.js';
import type { CallConsumer } from '#plugins/gateway-plugin.js';
import { FieldBlock } from '../http1/field-lines.js';

/** A credential as calls use it: what the database said, and what follows from that for every call. */
export interface ResolvedCredential {
  readonly facts: Credential;
  /** As its facts say: each call asks, and most ask nothing else of them. */
  readonly kind: Credential['kind'];
  /** Id of the key that signed the token; null where it is opaque, or a key. */
  readonly signedBy: string | null;
  /** Milliseconds since the epoch on this process's clock; infinite where it does not expire. */
  readonly expiresAt: number;
  readonly consumer: CallConsumer;
  /** Identity fields for the upstream (DESIGN section 6). */
  readonly identity: FieldBlock;
  /**
   * Serial of the route that last allowed it; 0: none has. What a route says of a credential stays the same for as long as both are
   * there: a config that changes brings other routes. Not the route itself: a credential that rests would keep its old config in memory.
   */
  admittedBy: number;
}

/** @param readAt when the database was asked, in milliseconds since the epoch */
export function describeCredential(facts: Credential, readAt: number, signedBy: string | null = null): ResolvedCredential {
  const { user, kind, scopes } = facts;
  const identity = [
    'X-Consumer-Id',
    facts.applicationId,
    'X-Consumer-Username',
    `${facts.applicationId}$${facts.apiId}`,
    'X-Consumer-Custom-Id',
    facts.subscriptionId,
    'X-Credential-Identifier',
    facts.identifier,
    'X-Plan-Id',
    facts.planId,
  ];
  if (user !== null) identity.push('X-Authenticated-Userid', describeUser(user));
  if (kind === 'token') {
    // Groups are the account's: they do not go along where the upstream is told of somebody else.
    const groups = user?.authenticatedUserid ? [] : (user?.groups ?? []).map((group) => `wicked:${group}`);
    identity.push('X-Authenticated-Scope', [...(scopes ?? []), ...groups].join(' '));
  }
  return {
    facts,
    kind,
    signedBy,
    expiresAt: facts.remainingMs === null ? Number.POSITIVE_INFINITY : readAt + facts.remainingMs,
    consumer: {
      applicationId: facts.applicationId,
      subscriptionId: facts.subscriptionId,
      planId: facts.planId,
      credentialIdentifier: facts.identifier,
      userId: user?.id ?? null,
      scopes: scopes ?? [],
    },
    admittedBy: 0,
    identity: FieldBlock.lasting(identity.map((text) => text.replace(/[^\x20-\x7e]/gu, encodeURIComponent))),
  };
}

/** What the API's own service said stands as it said it (W10). */
function describeUser({ id, namespace, authenticatedUserid }: NonNullable<Credential['user']>): string {
  if (authenticatedUserid) return authenticatedUserid;
  return namespace === null ? `sub=${id}` : `sub=${id};namespace=${namespace}`;
}
