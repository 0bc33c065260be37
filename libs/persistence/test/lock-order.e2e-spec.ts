import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence/schema/data-source.js';
import { migrate } from '#persistence/schema/migrate.js';
import { AuthorizationCodeStore } from '#persistence/token/authorization-code.store.js';
import { EmailLinkStore } from '#persistence/user/email-link.store.js';
import { PersonStore } from '#persistence/user/person.store.js';
import { type BareDatabase, createBareDatabase } from '../../../test/harness/bare-database.js';

/** Deeds that touch the same rows at the same moment wait for one another in one order: none fails for a deadlock. */

let database: BareDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createBareDatabase();
  dataSource = await createDataSource(database.address, 'links test').initialize();
  await migrate(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const mail = { sealed: Buffer.from('x'), lifetime: 60 };

test('27, 99: of several links of one person that are used at once one works, and none fails', async () => {
  const links = new EmailLinkStore(dataSource);
  for (let round = 0; round < 10; round++) {
    const email = `${randomUUID()}@example.com`;
    await dataSource.query(`INSERT INTO user_account (email, password_hash) VALUES ($1, 'old')`, [email]);
    const hashes = Array.from({ length: 6 }, () => randomBytes(32));
    for (const hash of hashes) await links.askForReset(email, hash, mail, mail);
    const used = await Promise.all(hashes.map((hash, n) => links.reset(hash, `new-${n}`, mail, null)));
    expect(used.filter((address) => address !== null)).toEqual([email]);
  }
});

async function subscribe(): Promise<{ subscription: string; person: string }> {
  const [application, subscription, person] = [`app-${randomUUID().slice(0, 8)}`, randomUUID(), randomUUID()];
  await dataSource.query(`INSERT INTO application (id, name, client_type, redirect_uris) VALUES ($1, 'x', 'confidential', '{}')`, [
    application,
  ]);
  await dataSource.query(`INSERT INTO subscription (id, application_id, api_id, plan_id) VALUES ($1, $2, 'orders', 'basic')`, [
    subscription,
    application,
  ]);
  await dataSource.query(`INSERT INTO user_account (id, email, password_hash) VALUES ($1, $2, 'old')`, [person, `${person}@example.com`]);
  return { subscription, person };
}

test('38: a password is changed while other browsers of the person are given codes', async () => {
  const { subscription, person } = await subscribe();
  const codes = new AuthorizationCodeStore(dataSource);
  const people = new PersonStore(dataSource);
  for (let round = 0; round < 60; round++) {
    const [session, request, kept] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    await dataSource.query(
      `INSERT INTO user_session (id_hash, auth_method_id, user_id, expires_at)
       SELECT hash, 'local', $1, now() + interval '1 hour' FROM unnest($2::bytea[]) AS hash`,
      [person, [session, kept]],
    );
    await dataSource.query(
      `INSERT INTO authorization_request (id_hash, browser_hash, auth_method_id, api_id, subscription_id, request, expires_at)
       VALUES ($1, $1, 'local', 'orders', $2, '{}', now() + interval '1 hour')`,
      [request, subscription],
    );
    const bound = { scopes: [], namespace: null, authenticatedUserid: null, redirectUri: 'https://a/', codeChallenge: null, nonce: null };
    const code = { hash: randomBytes(32), sessionHash: session, userId: person, authenticatedAt: new Date(), lifetime: 60, ...bound };
    const grounds = { consent: null, registration: null };
    const next = { userId: person, passwordHash: 'old', keepSession: kept, address: null };
    await Promise.all([codes.issue(request, { ...code, grounds }), people.changePassword(next, 'old', mail)]);
  }
});
