/** Cookies of the auth-server: names, reading, writing (RFC 6265bis). */

/** Value of a cookie that we set: base64url of 256 bits. */
const COOKIE_VALUE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Names and attributes of cookies. Over https they carry `__Host-` and Secure, so that no other host and no plain connection can
 * set or read them; over plain http (an installation on localhost) browsers refuse both.
 */
export class CookieJar {
  readonly #secure: boolean;

  /** @param publicUrl URL by which browsers reach the auth-server */
  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith('https:');
  }

  get browser(): string {
    return this.#name('gatehouse-browser');
  }

  session(authMethodId: string): string {
    return this.#name(`gatehouse-session-${authMethodId}`);
  }

  /** Reads a cookie of ours. @returns null where there is none, or several, or something else */
  read(cookieField: string | undefined, name: string): string | null {
    const values = (cookieField ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
      .map((pair) => pair.slice(name.length + 1));
    const [value] = values;
    return values.length === 1 && value !== undefined && COOKIE_VALUE.test(value) ? value : null;
  }

  /** A Set-Cookie value. @param maxAge seconds; 0 deletes; undefined: until the browser closes */
  write(name: string, value: string, maxAge?: number): string {
    const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
    return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${this.#secure ? '; Secure' : ''}${age}`;
  }

  #name(name: string): string {
    return this.#secure ? `__Host-${name}` : name;
  }
}
