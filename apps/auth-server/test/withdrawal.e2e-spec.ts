/** What an authorization rests on is withdrawn, or chosen anew, at the moment in which it is given out. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { startInstallation, type TestInstallation, until } from '../../../test/harness/installation.js';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import {
  ADA,
  answerConsent,
  authorize,
  authorizeUrl,
  CLIENTS,
  credentials,
  exchange,
  goOn,
  issuerOf,
  postToken,
  returned,
} from './flow-driver.js';
import { type Answer, type OperatorService, startOperatorService } from './operator-service.js';

const { shop } = CLIENTS;
const clientOf = (id: string, api: string) => ({ id, secret: 'club-secret-1', redirectUri: 'https://club.example/cb', api });
/** Decided on by a service, in namespaces; trusted, and not. */
const TRUSTED = clientOf('club-tenants', 'tenants');
const ASKED = clientOf('guild-tenants', 'tenants');
/** Registers people by a form. */
const CLUB = clientOf('club-members', 'members');

const api = (name: string, more: string): string => `name: ${name}
auth: oauth2
authMethods: [local]
plans: [basic]
registrationPool: ${name}
oauth2: { grants: [authorization_code, refresh_token, password], scopes: { read: Read }${more} }
upstream: { url: "\${OPERATOR_SERVICE}/echo" }
routes: [{ paths: [/${name}] }]
`;
const application = (name: string, subscriptions: string): string => `name: ${name}
clientType: confidential
redirectUris: [https://club.example/cb]
subscriptions:
${subscriptions}`;

let service: OperatorService;
let installation: TestInstallation;
let ada: WebSession;

/** Says of a person who they are in the namespace that is asked about. */
const inNamespace: Answer = (response, { body }) =>
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ allow: true, authenticated_scope: ['read'], authenticated_userid: `crm-${body.data.namespace}` }));

beforeAll(async () => {
  service = await startOperatorService();
  const decided = ', passthroughScopeUrl: "$' + '{OPERATOR_SERVICE}/decide"';
  installation = await startInstallation({
    config: join(import.meta.dirname, 'config'),
    env: { OPERATOR_SERVICE: service.url },
    files: {
      'pools/tenants.yaml': 'name: Tenants\nrequiresNamespace: true\n',
      'pools/members.yaml': 'name: Members\nproperties: [{ id: name, description: Name, required: true }]\n',
      'apis/tenants/api.yaml': api('tenants', decided),
      'apis/members/api.yaml': api('members', ''),
      'applications/club.yaml': application(
        'Club',
        `  - { api: tenants, plan: basic, trusted: true, clientId: club-tenants, clientSecret: club-secret-1 }
  - { api: members, plan: basic, trusted: true, clientId: club-members, clientSecret: club-secret-1 }
`,
      ),
      'applications/guild.yaml': application(
        'Guild',
        '  - { api: tenants, plan: basic, clientId: guild-tenants, clientSecret: club-secret-1 }\n',
      ),
    },
  });
  ada = new WebSession();
  await authorize(ada, authorizeUrl(issuerOf(installation, shop), shop, { scope: 'read' }));
});
afterAll(async () => {
  await installation?.stop();
  await service?.stop();
});
beforeEach(async () => {
  service.answer = inNamespace;
  await installation.sql('DELETE FROM registration; DELETE FROM consent');
});

const register = (pool: string, namespace: string) =>
  installation.sql(
    `INSERT INTO registration (user_id, pool_id, namespace, properties)
     SELECT id, '${pool}', '${namespace}', '{"name": "Ada"}' FROM user_account WHERE email = '${ADA.email}'`,
  );
const consent = () => authorize(ada, authorizeUrl(issuerOf(installation, shop), shop, { scope: 'read' }));
const ask = async (client = shop as typeof TRUSTED, session = ada, changes: Record<string, string> = {}): Promise<Visit> =>
  goOn(session, await session.get(authorizeUrl(issuerOf(installation, client), client, { scope: 'read', ...changes })));
const redeem = (visit: Visit, client = shop as typeof TRUSTED) =>
  exchange(issuerOf(installation, client), client, returned(visit).code as string);
const withdraw = async (session = ada): Promise<Visit> =>
  session.submit(await session.get(`${installation.urls.auth}/account`), {}, { marker: 'name="application"' });

/** How a consent is locked by whoever takes it back, and whoever gives something out by it. Other work of the database may wait beside them. */
const WITHDRAWAL = 'RowExclusiveLock';
const ISSUE = 'RowShareLock';
const waits = async (lock: string): Promise<boolean> =>
  (
    await installation.sql(`SELECT FROM pg_stat_activity a JOIN pg_locks l USING (pid)
      WHERE a.datname = current_database() AND a.wait_event_type = 'Lock'
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.relation = 'consent'::regclass AND l.mode = '${lock}' AND l.granted`)
  ).length === 1;
const live = () =>
  installation.sql(`SELECT f.id FROM token_family f JOIN subscription s ON s.id = f.subscription_id
    WHERE f.revoked_at IS NULL AND s.client_id = '${shop.id}'
      AND NOT EXISTS (SELECT FROM consent c WHERE c.user_id = f.user_id AND c.application_id = s.application_id AND c.api_id = s.api_id)`);

/** Holds a lock while `during` runs; that is given the way to let go. */
async function holding(statement: string, during: (letGo: () => Promise<unknown>) => Promise<void>): Promise<void> {
  const beside = new pg.Client({ connectionString: installation.env.DATABASE_URL });
  await beside.connect();
  try {
    await beside.query(`BEGIN; ${statement}`);
    await during(() => beside.query('COMMIT'));
  } finally {
    await beside.end();
  }
}

// The embedded database serves one connection, and so one statement after the other.
(process.env.DATABASE_URL ? describe : describe.skip)('W1: a consent that is withdrawn while a code is issued', () => {
  test('before it: the person is asked again', async () => {
    await consent();
    await holding('LOCK TABLE audit_event IN SHARE MODE', async (letGo) => {
      const withdrawn = withdraw();
      await until(() => waits(WITHDRAWAL), 'the consent is deleted, the withdrawal not committed');
      const asked = ask();
      await until(() => waits(ISSUE), 'the code waits for the withdrawal');
      await letGo();
      expect((await withdrawn).status).toBe(303);
      const page = await asked;
      expect(page.body).toContain('name="decision"');
      expect(await live()).toEqual([]);
      // And the page leads on.
      expect((await redeem(await answerConsent(ada, page, 'allow'))).status).toBe(200);
    });
  });

  test('after it: the code is invalid_grant', async () => {
    await consent();
    // A foreign key is checked at the end of the statement that issues.
    await holding('SELECT FROM user_account FOR UPDATE', async (letGo) => {
      const asked = ask();
      await until(() => waits(ISSUE), 'the code is about to be stored');
      const withdrawn = withdraw();
      await until(() => waits(WITHDRAWAL), 'the withdrawal waits for the code');
      await letGo();
      await withdrawn;
      expect((await redeem(await asked)).body.error).toBe('invalid_grant');
      expect(await live()).toEqual([]);
    });
  });

  test('between the answer and the code, in the same flow: the person is asked again', async () => {
    const answered = await ada.submit(await ask(), {}, { marker: 'decision', button: ['decision', 'allow'] });
    await withdraw();
    const page = await goOn(ada, answered);
    expect(page.body).toContain('name="decision"');
    expect(returned(await answerConsent(ada, page, 'allow')).code).toBeDefined();
  });

  test('of many pairs at once, none leaves a live token without its consent, and none fails', async () => {
    // Widens what is between the last look at the consent and the code.
    await installation.sql(`
      CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(random() * 0.05); RETURN NEW; END $$;
      CREATE TRIGGER lingering BEFORE UPDATE ON authorization_request FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL)
        EXECUTE FUNCTION linger()`);
    for (let round = 0; round < 6; round++) {
      await consent();
      const account = await ada.get(`${installation.urls.auth}/account`);
      const redeemed = async (): Promise<number> => {
        const visit = await ask();
        return visit.location === null ? visit.status : (await redeem(visit)).status;
      };
      const takeBack = async (): Promise<number> => (await ada.submit(account, {}, { marker: 'name="application"' })).status;
      const statuses = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 4 === 1 ? takeBack() : redeemed())));
      expect(statuses.filter((status) => ![200, 303, 400].includes(status))).toEqual([]);
      expect(await live()).toEqual([]);
    }
    await installation.sql('DROP FUNCTION linger CASCADE');
  });
});

const REMOVE = `DELETE FROM registration; UPDATE token_family SET revoked_at = now(), revoked_reason = 'registration-removed'`;
(process.env.DATABASE_URL ? describe : describe.skip)('W6: a registration that is taken away while something is issued', () => {
  test('a code: the person is asked to register again', async () => {
    await register('members', '');
    await holding(REMOVE, async (letGo) => {
      const asked = ask(CLUB);
      await until(() => waits(ISSUE), 'the code waits for the removal');
      await letGo();
      expect((await asked).body).toContain('name="property-name"');
    });
  });

  test('W8: tokens by password: invalid_grant', async () => {
    await register('members', '');
    await holding(REMOVE, async (letGo) => {
      const person = { username: ADA.email, password: ADA.password };
      const tokens = postToken(issuerOf(installation, CLUB), { grant_type: 'password', ...person, ...credentials(CLUB) });
      await until(() => waits(ISSUE), 'the tokens wait for the removal');
      await letGo();
      expect(await tokens).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    });
    expect(
      await installation.sql(`SELECT f.id FROM token_family f JOIN subscription s ON s.id = f.subscription_id
      WHERE s.client_id = '${CLUB.id}' AND f.revoked_at IS NULL`),
    ).toEqual([]);
  });
});

describe('W7, W10: a decision counts for the namespace that it was asked about', () => {
  const given = async (visit: Visit, client: typeof TRUSTED) => {
    expect((await redeem(visit, client)).status).toBe(200);
    const rows = await installation.sql('SELECT namespace, authenticated_userid FROM token_family ORDER BY created_at DESC LIMIT 1');
    return rows[0];
  };
  const choose = (page: Visit, namespace: string) => ada.submit(page, {}, { button: ['namespace', namespace] });
  beforeEach(async () => {
    await register('tenants', 'north');
    await register('tenants', 'south');
  });
  /** The service is asked about north, and south is chosen meanwhile. */
  async function chosenMeanwhile(client: typeof TRUSTED): Promise<Visit> {
    let answer = (): void => undefined;
    service.answer = (response, question) => {
      answer = () => inNamespace(response, question);
    };
    const before = service.questions.length;
    const north = await choose(await ask(client), 'north');
    const back = goOn(ada, north);
    await until(() => service.questions.length > before, 'the service is asked');
    await installation.sql(`UPDATE authorization_request SET namespace = 'south' WHERE namespace = 'north' AND finished_at IS NULL`);
    service.answer = inNamespace;
    answer();
    return back;
  }

  test('another one chosen beside: what is given out is all of one namespace', async () => {
    const back = await chosenMeanwhile(TRUSTED);
    expect(await given(back, TRUSTED)).toEqual({ namespace: 'north', authenticated_userid: 'crm-north' });
  });

  test('and it is asked anew where the person still has to consent', async () => {
    const page = await chosenMeanwhile(ASKED);
    expect(service.questions.slice(-2).map(({ body }) => body.data.namespace)).toEqual(['north', 'south']);
    expect(await given(await answerConsent(ada, page, 'allow'), ASKED)).toEqual({ namespace: 'south', authenticated_userid: 'crm-south' });
  });

  test('two choices at once, time and again', async () => {
    for (let round = 0; round < 8; round++) {
      const page = await ask(TRUSTED);
      const backs = await Promise.all(['north', 'south'].map(async (namespace) => goOn(ada, await choose(page, namespace))));
      const codes = backs.filter((back) => back.location !== null && returned(back).code !== undefined);
      expect(codes).toHaveLength(1);
      const { namespace, authenticated_userid } = (await given(codes[0] as Visit, TRUSTED)) ?? {};
      expect(authenticated_userid).toBe(`crm-${namespace}`);
    }
  });
});
