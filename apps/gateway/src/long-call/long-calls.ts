/**
 * Calls that outlive their check: WebSockets, event streams, long downloads. Each second, and whenever something changed about their
 * credential, it is asked again whether they may go on. A call that is over within two seconds never comes here.
 */
import { hash as digest } from 'node:crypto';
import type { Change } from '#persistence/change/change-event.js';
import { authorizeCall } from '../call/authorize-call.js';
import { extractCredential } from '../call/extract-credential.js';
import type { GatewayCall } from '../call/gateway-call.js';
import { type SubjectName, subjectName, subjectsOf } from '../credential/credential-cache.js';
import type { CredentialResolver } from '../credential/credential-resolver.js';

/** For so long a call goes on whose credential changed and cannot be looked up. */
const LONGEST_DOUBT_MS = 30_000;

export interface LongCall {
  readonly call: GatewayCall;
  /** Its credential expired or was revoked. */
  endForCredential(): void;
  /** The gateway stops. */
  endForStop?(): void;
  /** Called each second. */
  onSecond?(): void;
}

interface Watch {
  readonly secret: { readonly kind: 'token' | 'key'; readonly text: string } | null;
  readonly subjects: readonly SubjectName[];
  /** Since when it is to be asked again, in milliseconds since the epoch; 0: nothing changed. */
  doubtSince: number;
  asking: boolean;
  /** More changed while it was asked. */
  again: boolean;
}

export class LongCalls {
  readonly #credentials: Pick<CredentialResolver, 'resolve'>;
  readonly #watches = new Map<LongCall, Watch>();
  #clock: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(credentials: Pick<CredentialResolver, 'resolve'>) {
    this.#credentials = credentials;
  }

  add(longCall: LongCall): void {
    const watch = watchOf(longCall.call);
    this.#watches.set(longCall, watch);
    this.#clock ??= setInterval(() => this.#onSecond(), 1_000).unref();
    if (this.#stopping) longCall.endForStop?.();
    // What changed since it was let in was not told to us.
    else if (watch.secret !== null) this.#doubt(longCall, watch);
  }

  remove(longCall: LongCall): void {
    this.#watches.delete(longCall);
    if (this.#watches.size > 0 || this.#clock === null) return;
    clearInterval(this.#clock);
    this.#clock = null;
  }

  /** Something changed; the credentials have forgotten what it concerns. */
  forget(changes: readonly Change[]): void {
    if (this.#watches.size === 0 || changes.length === 0) return;
    const changed = new Set(changes.map(subjectName));
    for (const [longCall, watch] of [...this.#watches])
      if (watch.subjects.some((subject) => changed.has(subject))) this.#doubt(longCall, watch);
  }

  forgetAll(): void {
    for (const [longCall, watch] of [...this.#watches]) if (watch.secret !== null) this.#doubt(longCall, watch);
  }

  stop(): void {
    this.#stopping = true;
    for (const longCall of [...this.#watches.keys()]) longCall.endForStop?.();
  }

  #onSecond(): void {
    const now = Date.now();
    for (const [longCall, watch] of [...this.#watches]) {
      longCall.onSecond?.();
      const { credential } = longCall.call;
      if (credential !== null && now >= credential.expiresAt) this.#end(longCall);
      else if (watch.doubtSince !== 0) this.#ask(longCall, watch);
    }
  }

  #doubt(longCall: LongCall, watch: Watch): void {
    if (watch.doubtSince === 0) watch.doubtSince = Date.now();
    this.#ask(longCall, watch);
  }

  #ask(longCall: LongCall, watch: Watch): void {
    if (watch.secret === null) return;
    if (watch.asking) {
      watch.again = true;
      return;
    }
    watch.asking = true;
    watch.again = false;
    const { doubtSince } = watch;
    const { api, scopes } = longCall.call.route as NonNullable<GatewayCall['route']>;
    void Promise.resolve(this.#credentials.resolve(watch.secret.kind, watch.secret.text)).then(
      (credential) => {
        watch.asking = false;
        if (!authorizeCall({ credential, api, scopes, now: Date.now() }).allowed) this.#end(longCall);
        else if (watch.again) this.#ask(longCall, watch);
        else watch.doubtSince = 0;
      },
      () => {
        // Not knowing is no reason to call a credential bad, up to a bound; it is asked again each second.
        watch.asking = false;
        if (Date.now() - doubtSince >= LONGEST_DOUBT_MS) this.#end(longCall);
      },
    );
  }

  #end(longCall: LongCall): void {
    if (this.#watches.has(longCall)) longCall.endForCredential();
  }
}

function watchOf(call: GatewayCall): Watch {
  const { credential, route } = call;
  if (credential === null || route === null) return { secret: null, subjects: [], doubtSince: 0, asking: false, again: false };
  const extracted = extractCredential(route.api, call.fields, call.query);
  if (extracted.kind !== 'token' && extracted.kind !== 'key') throw new Error('A call with a credential holds none.');
  const { kind, secret } = extracted;
  return {
    secret: { kind, text: secret },
    subjects: [...subjectsOf(credential), `access_token:${digest('sha256', secret, 'hex')}`],
    doubtSince: 0,
    asking: false,
    again: false,
  };
}
