/**
 * What an authorization rests on: the person's consent, and their registration. The statement that gives something out looks at both
 * once more and holds them: FOR KEY SHARE keeps whoever withdraws one (and then all that it gave out) waiting until that is there, and
 * finds nothing where it was withdrawn before.
 */

export interface AuthorizationGrounds {
  /** To the scopes that are given out; null: none is needed, or it is asked for each time and not stored. */
  readonly consent: { readonly applicationId: string; readonly apiId: string } | null;
  /** null: the API has no pool. `namespace` null: the pool has none. */
  readonly registration: { readonly poolId: string; readonly namespace: string | null } | null;
}

/** Parameters that hold the person and the scopes, and number of the first of the four of the grounds. */
interface GroundsPlaces {
  readonly userId: string;
  readonly scopes: string;
  readonly from: number;
}

/** Common table expressions for `areHeld`. */
export const holdGrounds = ({ userId, scopes, from }: GroundsPlaces): string => `
  consented AS (
    SELECT true AS held FROM consent
    WHERE user_id = ${userId}::uuid AND application_id = $${from}::text AND api_id = $${from + 1}::text AND scopes @> ${scopes}::text[]
    FOR KEY SHARE
  ), registered AS (
    SELECT true AS held FROM registration
    WHERE user_id = ${userId}::uuid AND pool_id = $${from + 2}::text AND namespace = coalesce($${from + 3}::text, '')
    FOR KEY SHARE
  )`;

/** Condition: the grounds are there, and held. */
export const areHeld = ({ from }: Pick<GroundsPlaces, 'from'>): string =>
  `($${from}::text IS NULL OR EXISTS (SELECT FROM consented)) AND ($${from + 2}::text IS NULL OR EXISTS (SELECT FROM registered))`;

export function groundsParameters({ consent, registration }: AuthorizationGrounds): (string | null)[] {
  return [consent?.applicationId ?? null, consent?.apiId ?? null, registration?.poolId ?? null, registration?.namespace ?? null];
}
