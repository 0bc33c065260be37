import { Check, judgeText, show } from './check.decorator.js';

/** Base URL of a part of Gatehouse as its users see it. */
export function IsPublicUrl(): PropertyDecorator {
  const judge = judgeText(
    'an http or https URL without query and fragment, such as https://auth.example.com',
    (text) => readHttpUrl(text) !== null,
  );
  return Check('isPublicUrl', judge, { schema: { type: 'string' } });
}

/** Where an API's calls go. */
export function IsUpstreamUrl(): PropertyDecorator {
  const judge = (value: unknown): string | null => {
    if (typeof value === 'string' && URL.canParse(value) && (new URL(value).username || new URL(value).password)) {
      return 'must not hold a user name or password: remove them; an upstream is reached without';
    }
    const valid = typeof value === 'string' && readHttpUrl(value) !== null;
    return valid
      ? null
      : `must be an http or https URL without query and fragment, such as http://orders.internal:9001, not ${show(value)}`;
  };
  return Check('isUpstreamUrl', judge, { schema: { type: 'string' } });
}

/** A service of the operator's. It may hold a user name and a password, so its value is never shown. */
export function IsCallOutUrl({ query }: { readonly query: boolean }): PropertyDecorator {
  const form = query ? /^https?:\/\/[^\s#]+$/i : /^https?:\/\/[^\s#?]+$/i;
  const judge = (value: unknown): string | null => {
    const valid = typeof value === 'string' && form.test(value) && URL.canParse(value) && isDecodable(new URL(value));
    return valid
      ? null
      : `must be an http or https URL without ${query ? 'fragment' : 'query and fragment'}, such as https://scopes.internal/${query ? 'decide' : 'apis'}, with special characters in a user name or password percent-encoded`;
  };
  return Check('isCallOutUrl', judge, { schema: { type: 'string' } });
}

function isDecodable({ username, password }: URL): boolean {
  try {
    return !/[:\p{Cc}]/u.test(decodeURIComponent(username)) && !/\p{Cc}/u.test(decodeURIComponent(password));
  } catch {
    return false;
  }
}

function readHttpUrl(text: string): URL | null {
  if (!/^https?:\/\/[^\s]+$/i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return text.includes('?') || text.includes('#') || url.username || url.password ? null : url;
}

/**
 * A path prefix of a route. The gateway compares it with paths that are decoded once and have their dot segments resolved
 * (BEHAVIOURS 74), so it is written plainly.
 */
export function IsRoutePath(): PropertyDecorator {
  const judge = judgeText(
    'a path such as /orders/v1: beginning with "/", without "//", dot segments, spaces, "%", "?", "#", ";" and "\\"',
    (text) => /^\/[^\s%?#;\\]*$/.test(text) && !text.includes('//') && !/\/\.{1,2}(\/|$)/.test(text),
  );
  return Check('isRoutePath', judge, { each: true, schema: { type: 'string', pattern: '^/[^\\s%?#;\\\\]*$' } });
}

/** Path and query that an upstream is asked for. */
export function IsCheckPath(): PropertyDecorator {
  const judge = judgeText('a path such as /healthz: beginning with "/", of visible ASCII characters, without "#"', (text) =>
    /^\/[\x21\x22\x24-\x7e]{0,2000}$/.test(text),
  );
  return Check('isCheckPath', judge, { schema: { type: 'string', pattern: '^/[^\\s#]*$' } });
}

const PATH = /^\/[\x21\x22\x24-\x3a\x3c-\x3e\x40-\x7e]{0,2000}$/;

/** The Path of a cookie, or how it begins (RFC 6265 §4.1.1). */
export function IsCookiePath(): PropertyDecorator {
  const judge = judgeText('a path such as /orders/v1: beginning with "/", of visible ASCII characters, without ";", "?" and "#"', (text) =>
    PATH.test(text),
  );
  return Check('isCookiePath', judge, { schema: { type: 'string', pattern: '^/[^\\s;?#]*$' } });
}

/** How a Location begins that the upstream sends. */
export function IsLocationPrefix(): PropertyDecorator {
  const judge = judgeText(
    'an http or https URL without query and fragment, such as http://orders.internal:9001',
    (text) => readHttpUrl(text) !== null,
  );
  return Check('isLocationPrefix', judge, { schema: { type: 'string' } });
}

/** How it begins for clients. */
export function IsPublicPrefix(): PropertyDecorator {
  const judge = judgeText(
    'a path such as /orders/v1, or an http or https URL without query and fragment, such as https://shop.example.com',
    (text) => PATH.test(text) || readHttpUrl(text) !== null,
  );
  return Check('isPublicPrefix', judge, { schema: { type: 'string' } });
}

/** The Domain of a cookie, without a dot before it (RFC 6265 §5.2.3); `*` stands for any. */
export function IsCookieDomain(): PropertyDecorator {
  const judge = judgeText('a host name without port, such as orders.internal, or "*"', (text) => text === '*' || HOST_NAME.test(text));
  return Check('isCookieDomain', judge, { schema: { type: 'string' } });
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

export function IsHostName(options: { each?: boolean } = { each: true }): PropertyDecorator {
  const judge = judgeText('a host name without port, such as api.example.com', (text) => HOST_NAME.test(text));
  return Check('isHostName', judge, { ...options, schema: { type: 'string' } });
}

/** RFC 6454 §6.2, as browsers send it; `*` stands for all. */
export function IsWebOrigin(): PropertyDecorator {
  const judge = judgeText(
    'an origin such as https://app.example.com, in lower case and without a path, or "*"',
    (text) => text === '*' || (/^https?:\/\/[^/?#\s]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text),
  );
  return Check('isWebOrigin', judge, { each: true, schema: { type: 'string' } });
}

/** Where mails are handed over; it may hold a user name and a password, so its value is never shown. */
export function IsMailServerUrl(): PropertyDecorator {
  const judge = (value: unknown): string | null => {
    if (value === '') return null;
    const valid =
      typeof value === 'string' &&
      /^smtps?:\/\/[^\s]+$/i.test(value) &&
      URL.canParse(value) &&
      new URL(value).hostname !== '' &&
      /^\/?$/.test(new URL(value).pathname) &&
      !/[?#]/.test(value);
    return valid
      ? null
      : 'must be the URL of a mail server, such as smtp://user:password@mail.example:587 or smtps://mail.example:465, with special characters in the password percent-encoded';
  };
  return Check('isMailServerUrl', judge, { schema: { type: 'string' } });
}
