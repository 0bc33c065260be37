import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Applications and who looks after them. Owners are named by e-mail address, so that a config folder can name people yet to sign up. */
export class CreateApplication1763800000002 implements MigrationInterface {
  readonly name = 'CreateApplication1763800000002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE application (
        id text PRIMARY KEY,
        name text NOT NULL,
        client_type text NOT NULL,
        redirect_uris text[] NOT NULL DEFAULT '{}',
        blocked boolean NOT NULL DEFAULT false,
        declared boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT application_client_type_known CHECK (client_type IN ('confidential', 'public_spa', 'public_native'))
      );
      CREATE TABLE application_owner (
        application_id text NOT NULL REFERENCES application (id) ON DELETE CASCADE,
        email text NOT NULL,
        role text NOT NULL,
        PRIMARY KEY (application_id, email),
        CONSTRAINT application_owner_email_lower CHECK (email = lower(email)),
        CONSTRAINT application_owner_role_known CHECK (role IN ('owner', 'collaborator', 'reader'))
      )
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE application_owner; DROP TABLE application`);
  }
}
