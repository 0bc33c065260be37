import { Check, show } from './check.decorator.js';

const SCHEMES = ['oauth2', 'key-auth'];

/** `oauth2`, `key-auth`, `none`, or a list of the first two. */
export function AuthSchemes(): PropertyDecorator {
  const judge = (value: unknown): string | null => {
    if (value === 'none') return null;
    const list = Array.isArray(value) ? value : [value];
    const valid = list.length > 0 && new Set(list).size === list.length && list.every((entry) => SCHEMES.includes(entry));
    return valid
      ? null
      : `must be oauth2, key-auth, none, or a list of the first two such as [oauth2, key-auth]${Array.isArray(value) ? '' : `; not ${show(value)}`}`;
  };
  const schema = {
    anyOf: [
      { type: 'string', enum: [...SCHEMES, 'none'] },
      { type: 'array', items: { type: 'string', enum: SCHEMES }, minItems: 1, uniqueItems: true },
    ],
  };
  return Check('authSchemes', judge, { schema });
}
