import { describe, expect, test } from '@jest/globals';
import type { Credential } from '#persistence/credential/credential.js';
import { hashToken, newToken } from '#secrets/token.js';
import { CredentialResolver, type FindCredential } from './credential-resolver.js';
import { LookupsFullError, LookupTimeoutError } from './lookup-gate.js';

const KEY: Credential = {
  kind: 'key',
  applicationId: 'shop',
  applicationBlocked: false,
  subscriptionId: 's1',
  subscriptionStatus: 'approved',
  apiId: 'orders',
  planId: 'basic',
  identifier: 'k1',
  scopes: null,
  user: null,
  familyId: null,
  familyRevoked: false,
  remainingMs: null,
};
const LIMITS = { cache: { known: 10, unknown: 10, unknownTtl: 1_000 }, gate: { concurrent: 2, waiting: 2, timeout: 200 } };

/** A store that says when it is asked, and answers when it is told to. */
function heldStore() {
  const asked: { hash: Buffer; answer: (credential: Credential | null) => void; fail: (error: Error) => void }[] = [];
  const find: FindCredential = (_kind, hash) => new Promise((answer, fail) => asked.push({ hash, answer, fail }));
  return { asked, resolver: new CredentialResolver(find, LIMITS) };
}

/** Until it is known by heart. */
async function useOften(resolver: CredentialResolver, kind: Credential['kind'], secret: string): Promise<void> {
  for (let i = 0; i < 20; i++) await resolver.resolve(kind, secret);
}
const turn = () => new Promise((done) => setImmediate(done));

describe('cache', () => {
  test('one look-up serves all who ask at once, and those after them', async () => {
    const { asked, resolver } = heldStore();
    const both = [resolver.resolve('key', 'k'), resolver.resolve('key', 'k')];
    expect(asked).toHaveLength(1);
    expect(asked[0]?.hash).toEqual(hashToken('k'));
    asked[0]?.answer(KEY);
    expect((await Promise.all(both)).map((credential) => credential?.facts)).toEqual([KEY, KEY]);
    expect(resolver.resolve('key', 'k')).toMatchObject({ facts: KEY });
    expect(asked).toHaveLength(1);
  });

  test('a secret is not taken for another kind of credential', async () => {
    const { asked, resolver } = heldStore();
    const asking = resolver.resolve('key', 'k');
    asked[0]?.answer(KEY);
    await asking;
    expect(resolver.resolve('token', 'k')).toBeNull();
    await useOften(resolver, 'key', 'k');
    expect(resolver.resolve('token', 'k')).toBeNull();
  });

  test('one in use stays while others come and go', async () => {
    const { asked, resolver } = heldStore();
    for (let i = 0; i < 100; i++) {
      const found = [resolver.resolve('key', 'in use'), resolver.resolve('key', `once ${i}`)];
      for (const { answer } of asked.splice(0)) answer(KEY);
      expect(found[0] instanceof Promise).toBe(i === 0);
      await Promise.all(found);
    }
    expect(resolver.cache.evictions).toBeGreaterThan(80);
  });

  test('one that is known by heart is not taken for one that rests', async () => {
    const { asked, resolver } = heldStore();
    const use = async (secret: string) => {
      const found = resolver.resolve('key', secret);
      for (const { answer } of asked.splice(0)) answer(KEY);
      await found;
    };
    for (let i = 0; i < 20; i++) await use('in use');
    for (let i = 0; i < LIMITS.cache.known; i++) {
      await use(`once ${i}`);
      expect(resolver.resolve('key', 'in use') instanceof Promise).toBe(false);
    }
    expect(resolver.cache.evictions).toBe(1);
  });

  test('from one list of those used last to the next, every use counts', async () => {
    const { asked, resolver } = heldStore();
    const latest = () => [...resolver.cache.entries()].map(([hash]) => hash)[0];
    const asking = ['a', 'b'].map((secret) => resolver.resolve('key', secret));
    for (const { answer } of asked) answer(KEY);
    await Promise.all(asking);
    for (const secret of ['a', 'b', 'a', 'b']) {
      await useOften(resolver, 'key', secret);
      expect(latest()).toBe(hashToken(secret).toString('base64'));
    }
  });

  test('BEHAVIOURS 66: a token of no possible shape never reaches the database', () => {
    const { asked, resolver } = heldStore();
    for (const junk of ['', 'junk', `${newToken('accessToken')}x`, newToken('refreshToken'), `${newToken('accessToken').slice(0, -1)}_`]) {
      expect(resolver.resolve('token', junk)).toBeNull();
    }
    expect(asked).toHaveLength(0);
  });

  test('BEHAVIOURS 66: a flood of unknown ones evicts none that is good', async () => {
    const resolver = new CredentialResolver(async (_kind, hash) => (hash.equals(hashToken('good')) ? KEY : null), LIMITS);
    await resolver.resolve('key', 'good');
    for (let i = 0; i < 100; i++) await resolver.resolve('key', `bad-${i}`);
    expect(resolver.resolve('key', 'good')).toMatchObject({ facts: KEY });
  });
});

describe('BEHAVIOURS 64: changes', () => {
  test.each([
    ['subscription', 's1', true],
    ['application', 'shop', true],
    ['subscription', 's2', false],
    ['user', 'u1', false],
  ] as const)('%s %s: asked again %s', async (kind, subjectId, again) => {
    let asked = 0;
    const resolver = new CredentialResolver(async () => {
      asked++;
      return KEY;
    }, LIMITS);
    await useOften(resolver, 'key', 'k');
    resolver.forget([{ kind, subjectId }]);
    await useOften(resolver, 'key', 'k');
    expect(asked).toBe(again ? 2 : 1);
  });

  test('a token is forgotten by its hash, its family and its person', async () => {
    const token = newToken('accessToken');
    const facts: Credential = { ...KEY, kind: 'token', familyId: 'f1', user: { id: 'u1', blocked: false, groups: [], namespace: null } };
    for (const change of [
      { kind: 'access_token', subjectId: hashToken(token).toString('hex') },
      { kind: 'token_family', subjectId: 'f1' },
      { kind: 'user', subjectId: 'u1' },
    ] as const) {
      const resolver = new CredentialResolver(async () => facts, LIMITS);
      await useOften(resolver, 'token', token);
      resolver.forget([change]);
      expect(resolver.resolve('token', token)).toBeInstanceOf(Promise);
    }
  });

  test('all are forgotten at once', async () => {
    const { asked, resolver } = heldStore();
    const asking = resolver.resolve('key', 'k');
    asked[0]?.answer(KEY);
    await asking;
    await useOften(resolver, 'key', 'k');
    resolver.forgetAll();
    const again = resolver.resolve('key', 'k');
    expect(asked).toHaveLength(2);
    asked[1]?.answer(null);
    expect(await again).toBeNull();
  });

  test('what was looked up while it changed is used once and not kept', async () => {
    const { asked, resolver } = heldStore();
    const asking = resolver.resolve('key', 'k');
    resolver.forget([{ kind: 'subscription', subjectId: 's1' }]);
    asked[0]?.answer(KEY);
    await asking;
    await turn();
    const again = resolver.resolve('key', 'k');
    expect(asked).toHaveLength(2);
    asked[1]?.answer(null);
    expect(await again).toBeNull();
  });

  test('who asks after a change does not get the answer of a look-up that began before it', async () => {
    const { asked, resolver } = heldStore();
    const before = resolver.resolve('key', 'k');
    resolver.forget([{ kind: 'subscription', subjectId: 'of another' }]);
    const after = resolver.resolve('key', 'k');
    expect(asked).toHaveLength(2);
    resolver.forget([{ kind: 'subscription', subjectId: 's1' }]);
    asked[0]?.answer(KEY);
    expect((await before)?.facts).toEqual(KEY);
    // Neither is the old answer kept, nor the new look-up forgotten.
    const last = resolver.resolve('key', 'k');
    expect(asked).toHaveLength(3);
    asked[1]?.answer(null);
    asked[2]?.answer(null);
    expect([await after, await last]).toEqual([null, null]);
  });
});

describe('the database is in trouble', () => {
  test('an error is an error, not an unknown credential, and is not remembered', async () => {
    const { asked, resolver } = heldStore();
    const asking = resolver.resolve('key', 'k');
    asked[0]?.fail(new Error('connection refused'));
    await expect(asking).rejects.toThrow('connection refused');
    const again = resolver.resolve('key', 'k');
    expect(asked).toHaveLength(2);
    asked[1]?.answer(null);
    expect(await again).toBeNull();
  });

  test('only so many look-ups run and wait; the next is refused at once', async () => {
    const { asked, resolver } = heldStore();
    const asking = ['a', 'b', 'c', 'd'].map((key) => Promise.resolve(resolver.resolve('key', key)).catch((error) => error));
    expect(asked).toHaveLength(2);
    await expect(resolver.resolve('key', 'e')).rejects.toBeInstanceOf(LookupsFullError);
    asked[0]?.answer(null);
    await turn();
    expect(asked).toHaveLength(3);
    for (const look of asked) look.answer(null);
    await turn();
    asked[3]?.answer(null);
    expect(await Promise.all(asking)).toEqual([null, null, null, null]);
  });

  test('BEHAVIOURS 66: a flood of made-up keys neither shuts out a token nor goes before it', async () => {
    const { asked, resolver } = heldStore();
    const kinds: string[] = [];
    const note = (kind: Credential['kind'], secret: string) =>
      Promise.resolve(resolver.resolve(kind, secret)).then(
        () => kinds.push(kind),
        () => kinds.push('refused'),
      );
    const asking = [...'abcdef'].map((key) => note('key', key));
    asking.push(...Array.from({ length: 3 }, () => note('token', newToken('accessToken'))));
    for (let done = 0; done < 6; done++) {
      await turn();
      asked[done]?.answer(null);
    }
    await Promise.all(asking);
    // Two ran, two of each waited, and went in turns; the others of each were one too many.
    expect(kinds).toEqual(['refused', 'refused', 'refused', 'key', 'key', 'token', 'key', 'token', 'key']);
  });

  test('one that does not come back is given up', async () => {
    const { resolver } = heldStore();
    await expect(resolver.resolve('key', 'k')).rejects.toBeInstanceOf(LookupTimeoutError);
  });
});
