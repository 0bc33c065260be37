export type JsonSchema = Record<string, unknown>;

/** A value that a variable gives. */
export const VARIABLE = {
  name: 'Variable',
  schema: {
    description: 'A variable: ${NAME}, ${NAME:-default} or ${file:/path}.',
    type: 'string',
    pattern: '\\$\\{[^}]+\\}',
  },
} as const;

const REFERENCE = { $ref: `#/definitions/${VARIABLE.name}` };
/** What an editor shows stays outside of the alternatives. */
const ANNOTATIONS = ['description', 'default'];

/** Lets a variable stand where a string of a certain form, a number, true or false is expected. */
export function allowVariables(schema: JsonSchema): JsonSchema {
  if (schema.type === 'array' && typeof schema.items === 'object') return { ...schema, items: allowVariables(schema.items as JsonSchema) };
  if (schema.not !== undefined || schema.const !== undefined || !isNarrow(schema)) return schema;
  const entries = Object.entries(schema);
  const annotations = Object.fromEntries(entries.filter(([key]) => ANNOTATIONS.includes(key)));
  const rest = Object.fromEntries(entries.filter(([key]) => !ANNOTATIONS.includes(key)));
  const alternatives = Array.isArray(rest.anyOf) ? rest.anyOf : [rest];
  return { ...annotations, anyOf: [...alternatives, REFERENCE] };
}

/** Whether the schema refuses the text of a variable. */
function isNarrow(schema: JsonSchema): boolean {
  if (Array.isArray(schema.anyOf)) return true;
  if (schema.type === 'string') return 'pattern' in schema || 'enum' in schema || 'format' in schema;
  return schema.type === 'boolean' || schema.type === 'integer' || schema.type === 'number';
}
