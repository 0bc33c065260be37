import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an API's own service (`passthroughScopeUrl`) decided on an authorization: for whom and with which scopes while it is under
 * way, and who the API is told the person is for as long as its tokens live.
 */
export class AddScopeDecision1763810005001 implements MigrationInterface {
  readonly name = 'AddScopeDecision1763810005001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE authorization_request
        ADD COLUMN decided_user_id uuid,
        ADD COLUMN decided_scopes text[],
        ADD COLUMN authenticated_userid text;
      ALTER TABLE device_authorization ADD COLUMN authenticated_userid text;
      ALTER TABLE token_family ADD COLUMN authenticated_userid text
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE token_family DROP COLUMN authenticated_userid;
      ALTER TABLE device_authorization DROP COLUMN authenticated_userid;
      ALTER TABLE authorization_request DROP COLUMN decided_user_id, DROP COLUMN decided_scopes, DROP COLUMN authenticated_userid
    `);
  }
}
