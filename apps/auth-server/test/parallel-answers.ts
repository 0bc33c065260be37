import { expect } from '@jest/globals';
import { type Visit, WebSession } from '../../../test/harness/web-session.js';
import { ADA, goOn, logIn } from './flow-driver.js';

/**
 * Logs a person in, and sends the answer to the consent page fifty times at once.
 * @param origins of the auth-servers that the browser sends it to, in turn
 * @returns where each came to
 */
export async function answerConsentFiftyTimes(url: string, origins: readonly string[]): Promise<Visit[]> {
  const session = new WebSession();
  const page = await logIn(session, await goOn(session, await session.get(url)), ADA);
  expect(page.body).toContain('name="decision"');
  const own = new URL(page.url).origin;
  const answers = Array.from({ length: 50 }, async (_, i) => {
    const origin = origins[i % origins.length] as string;
    const there = { ...page, url: page.url.replace(own, origin) };
    const answer = await session.submit(there, {}, { marker: 'decision', button: ['decision', 'allow'] });
    return session.follow(answer, 'http://localhost:');
  });
  return Promise.all(answers);
}

/** One of the answers leads back to the client, with what it asked for; the others to a page that says that the request is over. */
export function expectOneReturn(visits: readonly Visit[], redirectUri: string, given: RegExp): void {
  const outcomes = visits.map(({ status, location }) => {
    if (location === null) return String(status);
    return location.startsWith(redirectUri) && given.test(location) ? 'given' : location;
  });
  expect(outcomes.sort()).toEqual([...Array(49).fill('400'), 'given']);
}
