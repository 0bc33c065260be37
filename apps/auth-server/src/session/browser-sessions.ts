import type { Request, Response } from 'express';
import type { VerifiedIdentity } from '#auth-methods/auth-method.js';
import type { Registry } from '#config/registry-holder.js';
import type { LiveSession, SessionStore } from '#persistence/authorization/session.store.js';
import { newBrowserId } from '#secrets/token.js';
import { ClientAddresses } from '../http/client-addresses.js';
import { CookieJar } from '../http/cookies.js';

/** Seconds that a login lasts. */
export const SESSION_LIFETIME = 12 * 60 * 60;

/** A browser and the logins that it holds, one per auth method. */
export class BrowserSessions {
  readonly #registry: Registry;
  readonly #sessions: SessionStore;
  readonly #addresses: ClientAddresses;

  constructor(registry: Registry, sessions: SessionStore) {
    this.#registry = registry;
    this.#sessions = sessions;
    this.#addresses = new ClientAddresses(registry);
  }

  /** The id to which flows and forms are bound; null where the browser sent none. */
  browserId(request: Request): string | null {
    return this.#jar.read(request.headers.cookie, this.#jar.browser);
  }

  /** Gives the browser an id if it has none. */
  ensureBrowserId(request: Request, response: Response): string {
    const known = this.browserId(request);
    if (known !== null) return known;
    const id = newBrowserId();
    response.append('Set-Cookie', this.#jar.write(this.#jar.browser, id));
    return id;
  }

  /** The login by one auth method, while it is live. */
  async current(request: Request, authMethodId: string): Promise<LiveSession | null> {
    const id = this.#jar.read(request.headers.cookie, this.#jar.session(authMethodId));
    return id === null ? null : this.#sessions.find(id, authMethodId);
  }

  /** Every live login of this browser, the newest first. */
  async all(request: Request): Promise<LiveSession[]> {
    const found = await Promise.all([...this.#registry.snapshot.authMethods.keys()].map((id) => this.current(request, id)));
    return found
      .filter((session): session is LiveSession => session !== null)
      .sort((a, b) => b.authenticatedAt.getTime() - a.authenticatedAt.getTime());
  }

  /**
   * Begins a login under a new id; the old id, if there was one, dies (session fixation).
   * @returns false where the person's password is no longer the one that was checked, or they were blocked meanwhile
   */
  async begin(request: Request, response: Response, authMethodId: string, identity: VerifiedIdentity): Promise<boolean> {
    const name = this.#jar.session(authMethodId);
    const sessionId = newBrowserId();
    const previous = this.#jar.read(request.headers.cookie, name);
    const { userId, passwordHash } = identity;
    const address = this.#addresses.of(request);
    const next = { sessionId, authMethodId, userId, passwordHash, lifetime: SESSION_LIFETIME, address };
    if (!(await this.#sessions.replace(previous, next))) return false;
    response.append('Set-Cookie', this.#jar.write(name, sessionId, SESSION_LIFETIME));
    return true;
  }

  /** Ends logins of this browser. @param authMethodIds by which; null: every one */
  async end(request: Request, response: Response, authMethodIds: readonly string[] | null = null): Promise<void> {
    const ended = (id: string): boolean => authMethodIds === null || authMethodIds.includes(id);
    const sessions = (await this.all(request)).filter(({ authMethodId }) => ended(authMethodId));
    await this.#sessions.end(
      sessions.map((session) => session.idHash),
      this.#addresses.of(request),
    );
    for (const id of [...this.#registry.snapshot.authMethods.keys()].filter(ended)) {
      const name = this.#jar.session(id);
      if (request.headers.cookie?.includes(`${name}=`)) response.append('Set-Cookie', this.#jar.write(name, '', 0));
    }
  }

  get #jar(): CookieJar {
    return new CookieJar(this.#registry.snapshot.publicUrls.auth);
  }
}
