import type { DataSource } from 'typeorm';
import { recordAudit } from '../audit/audit-event.js';
import { StatementBatch } from '../batch/statement-batch.js';
import { recordChanges } from '../change/change-event.js';
import { preparedStatement } from '../schema/prepared-statement.js';
import type { TokenOrigin } from './new-tokens.js';

/** An access token that belongs to the client itself, not to a person. */
export interface NewClientToken {
  /** SHA-256. */
  readonly hash: Buffer;
  readonly subscriptionId: string;
  readonly authMethodId: string;
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
  /** false: the token says all there is to know itself. Its issue goes to the audit log all the same. */
  readonly stored: boolean;
  readonly origin: TokenOrigin;
}

/** Scopes have no spaces in them (RFC 6749 §3.3), so a row's list travels as one text. */
const ISSUE_TO_CLIENTS = `
  WITH issued AS (
    SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::boolean[])
      AS token (hash, subscription_id, auth_method_id, scopes, lifetime, client_id, address, stored)
  ), access AS (
    INSERT INTO access_token (hash, subscription_id, auth_method_id, scopes, expires_at, bucket)
    SELECT hash, subscription_id, auth_method_id, string_to_array(scopes, ' '), now() + make_interval(secs => lifetime),
           access_token_bucket(now() + make_interval(secs => lifetime))
    FROM issued WHERE stored
  )
  INSERT INTO audit_event (kind, actor, subject, address, details)
  SELECT 'token-issued', 'client:' || client_id, 'access_token:' || encode(hash, 'hex'), address,
         jsonb_build_object('grant', 'client_credentials', 'scopes', string_to_array(scopes, ' '))
  FROM issued`;

const REVOKE = `
  WITH gone AS (DELETE FROM access_token WHERE hash = $1 RETURNING hash)
  SELECT hash FROM gone`;

/** Access tokens one by one; those of a person hang on their family. */
export class AccessTokenStore {
  readonly #batch: StatementBatch<NewClientToken, undefined>;

  constructor(private readonly dataSource: DataSource) {
    const issue = preparedStatement(dataSource, ISSUE_TO_CLIENTS);
    this.#batch = new StatementBatch(async (tokens) => {
      await issue(clientTokenParameters(tokens));
      return tokens.map(() => undefined);
    });
  }

  /** Stores a client's own token; those that are issued at the same time share a statement and a commit. */
  issueToClient(token: NewClientToken): Promise<void> {
    return this.#batch.add(token);
  }

  /** Revokes one access token. @returns false where there was none */
  revoke(hash: Buffer, origin: TokenOrigin): Promise<boolean> {
    return this.dataSource.transaction(async (db) => {
      const rows: unknown[] = await db.query(REVOKE, [hash]);
      if (rows.length === 0) return false;
      const subjectId = hash.toString('hex');
      await recordChanges(db, [{ kind: 'access_token', subjectId }]);
      const { clientId, address } = origin;
      await recordAudit(db, [{ kind: 'token-revoked', actor: `client:${clientId}`, subject: `access_token:${subjectId}`, address }]);
      return true;
    });
  }
}

/** $1 to $8. */
function clientTokenParameters(tokens: readonly NewClientToken[]): unknown[] {
  return [
    tokens.map((token) => token.hash),
    tokens.map((token) => token.subscriptionId),
    tokens.map((token) => token.authMethodId),
    tokens.map((token) => token.scopes.join(' ')),
    tokens.map((token) => token.lifetime),
    tokens.map((token) => token.origin.clientId),
    tokens.map((token) => token.origin.address),
    tokens.map((token) => token.stored),
  ];
}
