import { parse } from 'yaml';
import type { Api, RegistrySnapshot } from '#config/registry.js';
import { endpointsOf } from '../api-view/api-urls.js';

/** A call that a newcomer can make. */
export interface ExampleCall {
  readonly url: string;
  readonly method: string;
}

/** The first call of an API that reads, with the first path of its OpenAPI document that needs no parameters. */
export function exampleCallOf(snapshot: RegistrySnapshot, api: Api): ExampleCall | null {
  const calls = endpointsOf(snapshot, api).flatMap(({ url, calls }) => calls.map(({ methods }) => ({ url, methods })));
  const reading = calls.find(({ methods }) => methods.length === 0 || methods.includes('GET'));
  if (reading !== undefined) {
    const path = api.openapi === null ? '' : readablePathOf(api, api.openapi);
    return { url: path === '' ? reading.url : `${reading.url.replace(/\/$/, '')}${path}`, method: 'GET' };
  }
  const [other] = calls;
  return other === undefined ? null : { url: other.url, method: other.methods[0] as string };
}

/** A large document takes long to parse, and an API of a snapshot never changes: it is read once. */
const readablePaths = new WeakMap<Api, string>();

function readablePathOf(api: Api, openapi: string): string {
  const known = readablePaths.get(api) ?? readablePath(openapi);
  readablePaths.set(api, known);
  return known;
}

/** @returns empty where the document names no such path, or cannot be read */
function readablePath(openapi: string): string {
  let document: unknown;
  try {
    document = parse(openapi, { maxAliasCount: 50 });
  } catch {
    // The document is offered for download as it is; a broken one only costs the example its path.
    return '';
  }
  const paths = fieldOf(document, 'paths');
  if (typeof paths !== 'object' || paths === null) return '';
  const [path = ''] =
    Object.entries(paths).find(
      ([name, item]) => /^\/[\w\-./~]*$/.test(name) && needsNothing(fieldOf(item, 'parameters'), fieldOf(item, 'get')),
    ) ?? [];
  return path === '/' ? '' : path;
}

function needsNothing(shared: unknown, operation: unknown): boolean {
  if (typeof operation !== 'object' || operation === null) return false;
  const parameters = [shared, fieldOf(operation, 'parameters')].flatMap((list) => (Array.isArray(list) ? list : []));
  return parameters.every((parameter) => fieldOf(parameter, 'required') !== true);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
