import { Check } from './check.decorator.js';

/** `all`, `none`, or a list of scopes. */
export function AllowedScopes(): PropertyDecorator {
  const judge = (value: unknown): string | null => {
    const valid = value === 'all' || value === 'none' || (Array.isArray(value) && value.every((entry) => typeof entry === 'string'));
    return valid ? null : 'must be all, none, or a list of scopes such as [read]';
  };
  return Check('allowedScopes', judge, {
    schema: {
      anyOf: [
        { type: 'string', enum: ['all', 'none'] },
        { type: 'array', items: { type: 'string' }, uniqueItems: true },
      ],
    },
  });
}
