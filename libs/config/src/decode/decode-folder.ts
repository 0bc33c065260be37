import { setImmediate } from 'node:timers/promises';
import { authMethodTypes } from '#auth-methods/index.js';
import { gatewayPlugins } from '#plugins/index.js';
import type { ConfigFault } from '../config-fault.js';
import { ApiFile } from '../schema/api.schema.js';
import { ApplicationFile } from '../schema/application.schema.js';
import { AuthMethodFile, PLANNED_AUTH_METHOD_TYPES } from '../schema/auth-method.schema.js';
import { GroupSection } from '../schema/group.schema.js';
import { InstallationFile } from '../schema/installation.schema.js';
import { PlanFile } from '../schema/plan.schema.js';
import type { PluginEntrySection } from '../schema/plugin-entry.schema.js';
import { PoolFile } from '../schema/pool.schema.js';
import { isMap } from '../schema/section.decorator.js';
import { ConfigDocument } from '../source/config-document.js';
import type { ConfigFile, FileKind } from '../source/config-folder.js';
import { readText } from '../source/file-text.js';
import { ID_RULE, isId } from '../source/id.js';
import { didYouMean } from '../source/nearest-word.js';
import type { Variables } from '../source/variables.js';
import { decodeSection } from './decode-section.js';
import { type Draft, type Part, partFault } from './draft.js';
import { readOpenapi } from './openapi-text.js';
import type { SectionClass } from './section-instance.js';

/**
 * Parses every file, resolves its variables and decodes it into its class. Between files others have their turn, so that a process
 * that serves calls does not stand still while a large folder is reloaded.
 */
export async function decodeFolder(files: readonly ConfigFile[], variables: Variables, faults: ConfigFault[]): Promise<Draft> {
  const decode = async <T extends object>(kind: FileKind, fileClass: SectionClass<T>): Promise<Map<string, Part<T>>> => {
    const parts = new Map<string, Part<T>>();
    for (const file of of(files, kind)) {
      parts.set(file.id, decodeFile(file, fileClass, variables, faults));
      await setImmediate();
    }
    return parts;
  };

  const draft: Draft = {
    installation: (await decode('installation', InstallationFile)).get('gatehouse') ?? null,
    groups: decodeGroups(of(files, 'groups')[0], variables, faults),
    authMethods: await decode('auth-method', AuthMethodFile),
    pools: await decode('pool', PoolFile),
    plans: await decode('plan', PlanFile),
    apis: await decode('api', ApiFile),
    applications: await decode('application', ApplicationFile),
    descriptions: new Map(of(files, 'api-description').map((file) => [file.id, readText(file, faults)])),
    openapis: new Map(of(files, 'api-openapi').map((file) => [file.id, readOpenapi(file, faults)])),
    images: new Map(of(files, 'image').map(({ id, bytes }) => [id, bytes])),
  };
  decodeAuthMethodConfigs(draft, faults);
  decodePluginConfigs(draft, faults);
  return draft;
}

const of = (files: readonly ConfigFile[], kind: FileKind): ConfigFile[] => files.filter((file) => file.kind === kind);

function decodeFile<T extends object>(file: ConfigFile, fileClass: SectionClass<T>, variables: Variables, faults: ConfigFault[]): Part<T> {
  const document = new ConfigDocument(file.path, readText(file, faults), variables, faults);
  const map = rootMap(document, faults);
  const value = map === null ? new fileClass() : decodeSection(fileClass, map, document, [], faults);
  return { id: file.id, value, document, path: [], unreadable: map === null };
}

/** `groups.yaml` is a map of id and group. */
function decodeGroups(file: ConfigFile | undefined, variables: Variables, faults: ConfigFault[]): Map<string, Part<GroupSection>> | null {
  const groups = new Map<string, Part<GroupSection>>();
  if (file === undefined) return groups;
  const document = new ConfigDocument(file.path, readText(file, faults), variables, faults);
  const map = rootMap(document, faults);
  if (map === null) return null;
  for (const [id, group] of Object.entries(map)) {
    if (!isId(id)) faults.push(document.fault([id], `"${id}" is no valid id: ${ID_RULE}`));
    if (!isMap(group)) faults.push(document.fault([id], 'must be a map of keys and values, such as { name: Partners }'));
    const value = decodeSection(GroupSection, isMap(group) ? group : { name: id }, document, [id], faults);
    groups.set(id, { id, value, document, path: [id], unreadable: false });
  }
  return groups;
}

/** @returns null where the document is unreadable or no map; an empty file is an empty map */
function rootMap(document: ConfigDocument, faults: ConfigFault[]): Record<string, unknown> | null {
  if (document.plain === undefined) return null;
  const plain = document.plain ?? {};
  if (!isMap(plain)) {
    faults.push(document.fault([], 'must be a map of keys and values'));
    return null;
  }
  const { $schema: _forEditors, ...map } = plain;
  return map;
}

function decodeAuthMethodConfigs(draft: Draft, faults: ConfigFault[]): void {
  for (const part of draft.authMethods.values()) {
    const { type, config } = part.value;
    if (type === undefined) continue;
    const methodType = authMethodTypes.find((candidate) => candidate.type === type);
    if (methodType) part.value.config = decodeSection(methodType.configClass, asMap(config), part.document, ['config'], faults);
    else faults.push(partFault(part, ['type'], explainAuthMethodType(type)));
  }
}

function explainAuthMethodType(type: string): string {
  const known = authMethodTypes.map((candidate) => candidate.type);
  const planned: readonly string[] = PLANNED_AUTH_METHOD_TYPES;
  if (planned.includes(type)) return `"${type}" is not built yet; remove the file, or use ${known.join(', ')}`;
  return `"${type}" is no type of auth method${didYouMean(type, known) || `: use ${known.join(', ')}`}`;
}

function decodePluginConfigs(draft: Draft, faults: ConfigFault[]): void {
  const parts = [draft.installation, ...draft.plans.values(), ...draft.apis.values()];
  for (const part of parts) {
    if (part) decodePlugins(part, part.value.plugins, ['plugins'], faults);
  }
  for (const part of draft.apis.values()) {
    for (const [index, route] of part.value.routes.entries())
      decodePlugins(part, route.plugins ?? [], ['routes', index, 'plugins'], faults);
  }
}

function decodePlugins(
  part: Part<unknown>,
  entries: readonly PluginEntrySection[],
  path: (string | number)[],
  faults: ConfigFault[],
): void {
  const names = gatewayPlugins.map(({ name }) => name);
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (entry?.name === undefined) continue;
    const plugin = gatewayPlugins.find(({ name }) => name === entry.name);
    const at = [...path, index];
    if (seen.has(entry.name))
      faults.push(partFault(part, [...at, 'name'], `"${entry.name}" stands in this list twice: remove one of them`));
    seen.add(entry.name);
    if (plugin) entry.config = decodeSection(plugin.configClass, asMap(entry.config), part.document, [...at, 'config'], faults);
    else {
      const remedy = didYouMean(entry.name, names) || `: use one of ${names.join(', ')}`;
      faults.push(partFault(part, [...at, 'name'], `"${entry.name}" is no plugin of this version${remedy}`));
    }
  }
}

const asMap = (config: object): Record<string, unknown> => config as Record<string, unknown>;
