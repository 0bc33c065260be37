/**
 * The one access token of a hash ($1), as `token`, found before anything is joined to it. PostgreSQL does not know that a hash is
 * unique: the key of a partitioned table has to name the partition as well. Of a partition that was never analyzed it expects many rows,
 * and may go through every token of each subscription instead: 6 ms at 200,000 tokens. LIMIT stands outside of what reads the table:
 * inside, it would speak for reading a partition from its start.
 */
export const TOKEN_BY_HASH = `
  WITH found AS MATERIALIZED (
    SELECT subscription_id, family_id, auth_method_id, scopes, issued_at, expires_at FROM access_token WHERE hash = $1
  ), token AS (
    SELECT * FROM found LIMIT 1
  )`;
