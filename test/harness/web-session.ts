/** A person's browser without a screen: keeps cookies, follows no redirect by itself, and fills in the forms that it is shown. */

export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Absolute target of a redirect; null where there is none. */
  readonly location: string | null;
}

export class WebSession {
  /** origin → cookie name → value. Cookies do not know ports, but our apps stand on one host; kept by host name. */
  readonly #cookies = new Map<string, Map<string, string>>();

  cookies(url: string): ReadonlyMap<string, string> {
    return this.#cookies.get(new URL(url).hostname) ?? new Map();
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Visit> {
    return this.#send(url, { headers });
  }

  post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Visit> {
    return this.#send(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  /**
   * Follows redirects from a visit for as long as they stay below a URL.
   * @param within prefix of URLs that are followed; the first redirect elsewhere is returned unfollowed
   */
  async follow(visit: Visit, within: string): Promise<Visit> {
    let current = visit;
    for (let hops = 0; current.location?.startsWith(within) && hops < 10; hops++) current = await this.get(current.location);
    return current;
  }

  /**
   * Submits the first form of a page whose markup contains `marker`, with its hidden and preset fields and those given.
   * @param button name and value of the button that is pressed
   */
  submit(page: Visit, fields: Record<string, string>, options: { marker?: string; button?: [string, string] } = {}): Promise<Visit> {
    const forms = [...page.body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)];
    const form = forms.find(([whole]) => whole.includes(options.marker ?? ''));
    if (!form)
      throw new Error(
        `No form${options.marker ? ` with ${options.marker}` : ''} on ${page.url} (${page.status}):\n${page.body.slice(0, 2000)}`,
      );
    const [, attributes = '', inside = ''] = form;
    const values: Record<string, string> = {};
    for (const [input] of inside.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(input, 'name');
      const type = attribute(input, 'type') ?? 'text';
      if (name && (!['checkbox', 'radio'].includes(type) || /\bchecked\b/.test(input))) values[name] = attribute(input, 'value') ?? '';
    }
    Object.assign(values, fields, options.button ? { [options.button[0]]: options.button[1] } : {});
    const action = new URL(attribute(attributes, 'action') ?? '', page.url).href;
    const origin = new URL(page.url).origin;
    return this.post(action, values, { origin, referer: `${origin}/` });
  }

  async #send(url: string, init: RequestInit): Promise<Visit> {
    const jar = this.#cookies.get(new URL(url).hostname) ?? new Map<string, string>();
    this.#cookies.set(new URL(url).hostname, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, ...(cookie ? { cookie } : {}) } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(';');
      const name = pair.slice(0, pair.indexOf('=')).trim();
      const value = pair.slice(pair.indexOf('=') + 1).trim();
      if (value === '' || rest.some((part) => /^\s*max-age=0\s*$/i.test(part))) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      headers: response.headers,
      body: await response.text(),
      location: location === null ? null : URL.canParse(location, url) ? new URL(location, url).href : location,
    };
  }
}

function attribute(markup: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}="([^"]*)"`).exec(markup);
  return match?.[1]
    ?.replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
