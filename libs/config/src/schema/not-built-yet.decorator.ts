import { Check } from './check.decorator.js';

/**
 * A key whose feature is not built yet: its place is kept, using it is refused.
 * @param feature begins the message: "Mail", "Bundles of APIs"
 * @param unused the value that says what happens anyway, such as false
 */
export function NotBuiltYet(feature: string, unused?: unknown): PropertyDecorator {
  const judge = (value: unknown): string | null => (value === undefined || value === unused ? null : `${feature} not built yet; remove it`);
  const schema = { description: `Not built yet: leave it out.`, ...(unused === undefined ? { not: {} } : { const: unused }) };
  return Check('notBuiltYet', judge, { schema });
}
