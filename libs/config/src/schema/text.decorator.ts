import { isAbsolute } from 'node:path';
import { isEmail, isIP } from 'class-validator';
import { ID_PATTERN, ID_RULE, isId } from '../source/id.js';
import { didYouMean } from '../source/nearest-word.js';
import { Check, judgeText, show } from './check.decorator.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const CONTROL = /[\u0000-\u001f\u007f]/;

/** One line of text for people, 1 to 200 characters. */
export function IsLine(options: { each?: boolean } = {}): PropertyDecorator {
  const judge = judgeText(
    '1 to 200 characters of text on one line',
    (text) => text.trim() !== '' && text.length <= 200 && !CONTROL.test(text),
  );
  return Check('isLine', judge, { ...options, schema: { type: 'string', minLength: 1, maxLength: 200 } });
}

/** Text for people, at most 2000 characters, which may be empty. */
export function IsProse(): PropertyDecorator {
  const judge = judgeText('text of at most 2000 characters', (text) => text.length <= 2000);
  return Check('isProse', judge, { schema: { type: 'string', maxLength: 2000 } });
}

/** The id of something else in the folder. */
export function IsId(options: { each?: boolean } = {}): PropertyDecorator {
  const judge = judgeText(`an id (${ID_RULE})`, isId);
  return Check('isId', judge, { ...options, schema: { type: 'string', pattern: ID_PATTERN } });
}

/** One of a few words; `planned` ones are refused as not built yet. */
export function IsWord(words: readonly string[], options: { each?: boolean; planned?: readonly string[] } = {}): PropertyDecorator {
  const judge = (value: unknown): string | null => {
    if (typeof value === 'string' && words.includes(value)) return null;
    if (typeof value === 'string' && options.planned?.includes(value)) {
      return `"${value}" is not built yet; remove it, or use ${listWords(words)}`;
    }
    return `must be ${listWords(words)}, not ${show(value)}${typeof value === 'string' ? didYouMean(value, words) : ''}`;
  };
  return Check('isWord', judge, { each: options.each ?? false, schema: { type: 'string', enum: [...words] } });
}

function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

export function IsEmailAddress(): PropertyDecorator {
  const judge = judgeText('an e-mail address such as ada@example.com', (text) =>
    isEmail(text, { allow_utf8_local_part: false, require_tld: false }),
  );
  return Check('isEmailAddress', judge, { schema: { type: 'string', format: 'email' } });
}

/** An e-mail address, or a name and an address in angle brackets. */
export function IsSender(): PropertyDecorator {
  const judge = judgeText('an e-mail address such as apis@acme.example, or Acme APIs <apis@acme.example>', (text) => {
    const [, name = '', address] = /^(?:([^<>"@,;:\\]{0,100}) <)?([^<>\s]{1,254})>?$/.exec(text) ?? [];
    const whole = name === '' ? address : `${name} <${address}>`;
    return whole === text && !CONTROL.test(text) && isEmail(address, { allow_utf8_local_part: false, require_tld: false });
  });
  return Check('isSender', judge, { schema: { type: 'string', maxLength: 400 } });
}

/** A secret of visible ASCII characters; its value is never shown. */
export function IsSecret(minLength: number): PropertyDecorator {
  const pattern = new RegExp(`^[\\x21-\\x7e]{${minLength},256}$`);
  const judge = (value: unknown): string | null =>
    typeof value === 'string' && pattern.test(value)
      ? null
      : `must be ${minLength} to 256 visible ASCII characters without spaces, in quotes`;
  return Check('isSecret', judge, { schema: { type: 'string', minLength, maxLength: 256 } });
}

/** One such secret, or a few of which each is good. */
export function IsSecrets(minLength: number, most: number): PropertyDecorator {
  const pattern = new RegExp(`^[\\x21-\\x7e]{${minLength},256}$`);
  const judge = (value: unknown): string | null => {
    const secrets: unknown[] = Array.isArray(value) ? value : [value];
    const good = secrets.every((secret) => typeof secret === 'string' && pattern.test(secret));
    if (!good || secrets.length === 0) {
      return `must be ${minLength} to 256 visible ASCII characters without spaces, in quotes, or a list of such secrets`;
    }
    return secrets.length > most ? `must be ${most} secrets at most` : null;
  };
  const one = { type: 'string', minLength, maxLength: 256 };
  return Check('isSecrets', judge, { schema: { anyOf: [one, { type: 'array', items: one, minItems: 1, maxItems: most }] } });
}

/** A secret that a person types. */
export function IsPassword(): PropertyDecorator {
  const judge = (value: unknown): string | null =>
    typeof value === 'string' && value !== '' && value.length <= 256 ? null : 'must be a string of 1 to 256 characters, in quotes';
  return Check('isPassword', judge, { schema: { type: 'string', minLength: 1, maxLength: 256 } });
}

/** A public client id: unreserved characters, so that it needs no escaping anywhere. */
export function IsClientId(): PropertyDecorator {
  const judge = judgeText('1 to 100 of A-Z, a-z, 0-9, ".", "_", "~" and "-"', (text) => /^[\w.~-]{1,100}$/.test(text));
  return Check('isClientId', judge, { schema: { type: 'string', pattern: '^[A-Za-z0-9_.~-]{1,100}$' } });
}

/** The name of an HTTP field (RFC 9110 §5.1), none that the gateway sets or reads itself. */
export function IsKeyHeader(): PropertyDecorator {
  const taken = new Set([
    'authorization',
    'cookie',
    'host',
    'connection',
    'content-length',
    'content-type',
    'transfer-encoding',
    'forwarded',
  ]);
  const judge = judgeText(
    'the name of a header of its own, such as X-ApiKey',
    (text) => /^[A-Za-z0-9-]{1,64}$/.test(text) && !taken.has(text.toLowerCase()) && !/^x-(forwarded|consumer|authenticated)-/i.test(text),
  );
  return Check('isKeyHeader', judge, { schema: { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$' } });
}

/** An address or CIDR of a proxy. */
export function IsCidr(): PropertyDecorator {
  const judge = judgeText('an address or a CIDR such as 10.0.0.0/8 or fd00::/8', (text) => {
    const [address = '', bits, ...rest] = text.split('/');
    const version = isIP(address, 4) ? 32 : isIP(address, 6) ? 128 : 0;
    return version > 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= version));
  });
  return Check('isCidr', judge, { each: true, schema: { type: 'string' } });
}

export function IsColor(): PropertyDecorator {
  const judge = judgeText('a colour such as "#0b5fff" (in quotes: # begins a comment)', (text) =>
    /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  );
  return Check('isColor', judge, { schema: { type: 'string', pattern: '^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$' } });
}

/** An image beside gatehouse.yaml. */
export function IsImageName(): PropertyDecorator {
  const judge = judgeText('the name of an image beside gatehouse.yaml, such as logo.svg', (text) =>
    /^[\w-][\w.-]*\.(svg|png|jpe?g|webp|gif)$/i.test(text),
  );
  return Check('isImageName', judge, { schema: { type: 'string' } });
}

/** A file outside of the config folder. */
export function IsAbsolutePath(): PropertyDecorator {
  const judge = judgeText('an absolute path, such as /run/secrets/api.pem', (text) => isAbsolute(text));
  return Check('isAbsolutePath', judge, { schema: { type: 'string' } });
}
