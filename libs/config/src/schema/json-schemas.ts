/** JSON Schemas for editors, generated from the classes that check the files; `npm run schemas` writes them to config/schemas. */
import 'reflect-metadata';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { authMethodTypes } from '#auth-methods/index.js';
import { gatewayPlugins } from '#plugins/index.js';
import { ID_PATTERN } from '../source/id.js';
import { ApiFile } from './api.schema.js';
import { ApplicationFile } from './application.schema.js';
import { AuthMethodFile } from './auth-method.schema.js';
import { CHECK_NAMES, type CheckConstraint } from './check.decorator.js';
import { GroupSection } from './group.schema.js';
import { InstallationFile } from './installation.schema.js';
import { allowVariables, type JsonSchema, VARIABLE } from './json-schema-variables.js';
import { PlanFile } from './plan.schema.js';
import { PluginEntrySection } from './plugin-entry.schema.js';
import { PoolFile } from './pool.schema.js';

type SchemaClass = new () => object;

const DIALECT = 'http://json-schema.org/draft-07/schema#';
const DEFINITIONS = '#/definitions/';

/** Name of the schema's file → schema of a kind of config file. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const sections = sectionSchemas();
  const ofFile = (fileClass: SchemaClass): JsonSchema => withDefinitions(sections, { ...sections[fileClass.name] });
  const groups = {
    description: 'groups.yaml: id and group.',
    type: 'object',
    properties: {},
    propertyNames: { pattern: `^\\$schema$|${ID_PATTERN}` },
    additionalProperties: { $ref: DEFINITIONS + GroupSection.name },
  };
  return {
    'gatehouse.schema.json': ofFile(InstallationFile),
    'groups.schema.json': withDefinitions(sections, groups),
    'auth-method.schema.json': ofFile(AuthMethodFile),
    'pool.schema.json': ofFile(PoolFile),
    'plan.schema.json': ofFile(PlanFile),
    'api.schema.json': ofFile(ApiFile),
    'application.schema.json': ofFile(ApplicationFile),
  };
}

/** Class name → schema, of every class that has decorators, with what the decorators cannot say. */
function sectionSchemas(): Record<string, JsonSchema> {
  const schemas = validationMetadatasToSchemas({
    refPointerPrefix: DEFINITIONS,
    classTransformerMetadataStorage: defaultMetadataStorage as never,
    additionalConverters: { ...ownConverters(), customValidation: {} },
  }) as Record<string, JsonSchema>;
  for (const sectionClass of sectionClasses()) {
    schemas[sectionClass.name] = completeSection(schemas[sectionClass.name] ?? { type: 'object' }, sectionClass);
  }
  choose(
    schemas[PluginEntrySection.name],
    'name',
    gatewayPlugins.map(({ name, configClass }) => [name, configClass]),
  );
  choose(
    schemas[AuthMethodFile.name],
    'type',
    authMethodTypes.map(({ type, configClass }) => [type, configClass]),
  );
  return schemas;
}

/** Each check brings its own schema along. */
function ownConverters(): Record<string, (meta: { constraints: unknown[] }) => JsonSchema> {
  const convert = ({ constraints }: { constraints: unknown[] }): JsonSchema => (constraints[0] as CheckConstraint).jsonSchema;
  return Object.fromEntries([...CHECK_NAMES].map((name) => [name, convert]));
}

/** Every class of config, reached from the files' own. */
function sectionClasses(): Set<SchemaClass> {
  const files = [InstallationFile, GroupSection, AuthMethodFile, PoolFile, PlanFile, ApiFile, ApplicationFile];
  const found = new Set<SchemaClass>([...gatewayPlugins, ...authMethodTypes].map(({ configClass }) => configClass));
  const visit = (sectionClass: SchemaClass): void => {
    if (found.has(sectionClass)) return;
    found.add(sectionClass);
    for (const key of Object.keys(new sectionClass())) {
      const part = defaultMetadataStorage.findTypeMetadata(sectionClass, key)?.typeFunction();
      if (part) visit(part);
    }
  };
  for (const file of files) visit(file);
  return found;
}

/** Unknown keys are refused, variables may stand for values, and defaults are told. */
function completeSection(schema: JsonSchema, sectionClass: SchemaClass): JsonSchema {
  const defaults = new sectionClass() as Record<string, unknown>;
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(([key, property]) => {
    const value = defaults[key];
    const tellable = ['string', 'number', 'boolean'].includes(typeof value) && value !== '';
    return [key, { ...allowVariables(describeReference(property)), ...(tellable ? { default: value } : {}) }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties), additionalProperties: false };
}

/** Draft 7 ignores what stands beside a `$ref`, so a reference with a description goes into an allOf. */
function describeReference({ $ref, ...rest }: JsonSchema): JsonSchema {
  return $ref === undefined ? rest : { ...rest, allOf: [{ $ref }] };
}

/** The word in one key says what `config` holds. */
function choose(schema: JsonSchema | undefined, key: string, choices: readonly (readonly [string, SchemaClass])[]): void {
  if (schema === undefined) return;
  const properties = schema.properties as Record<string, JsonSchema>;
  properties[key] = { ...properties[key], enum: choices.map(([word]) => word) };
  schema.allOf = choices.map(([word, configClass]) => ({
    if: { properties: { [key]: { const: word } }, required: [key] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { config: { $ref: DEFINITIONS + configClass.name } } },
  }));
}

/** Makes a schema stand alone: with every definition that it refers to, itself or through others. */
function withDefinitions(sections: Record<string, JsonSchema>, root: JsonSchema): JsonSchema {
  const used = new Map<string, JsonSchema>();
  const visit = (schema: JsonSchema): void => {
    for (const [, name] of JSON.stringify(schema).matchAll(/"#\/definitions\/(\w+)"/g)) {
      const section = name === VARIABLE.name ? VARIABLE.schema : sections[name as string];
      if (section === undefined || used.has(name as string)) continue;
      used.set(name as string, section);
      visit(section);
    }
  };
  visit(root);
  const properties = root.properties ? { properties: { $schema: { type: 'string' }, ...(root.properties as object) } } : {};
  const definitions = Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { $schema: DIALECT, ...root, ...properties, definitions };
}
