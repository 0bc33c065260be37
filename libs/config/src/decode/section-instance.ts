import 'reflect-metadata';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import type { ConfigFault, KeyPath } from '../config-fault.js';
import { isMap } from '../schema/section.decorator.js';
import type { ConfigDocument } from '../source/config-document.js';
import { nearestWord } from '../source/nearest-word.js';

export type SectionClass<T extends object = object> = new () => T;

/** The keys that a class declares, by its class-validator decorators. */
export function knownKeys(sectionClass: SectionClass): Set<string> {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(sectionClass, '', true, false);
  return new Set(metadata.map(({ propertyName }) => propertyName));
}

/**
 * Makes an instance of a section's class: its defaults, replaced by what the map says. A key without a value is as if absent; a key
 * that the class does not declare is a fault. Values are not checked here.
 */
export function makeSection<T extends object>(
  sectionClass: SectionClass<T>,
  map: Record<string, unknown>,
  document: ConfigDocument,
  path: KeyPath,
  faults: ConfigFault[],
): T {
  const known = knownKeys(sectionClass);
  const section = new sectionClass() as T & Record<string, unknown>;
  for (const [key, value] of Object.entries(map)) {
    const keyPath = [...path, key];
    if (!known.has(key)) refuseUnknownKey(key, known, document, path, faults);
    else if (value !== null) (section as Record<string, unknown>)[key] = makeValue(sectionClass, key, value, document, keyPath, faults);
  }
  return section;
}

function makeValue(
  owner: SectionClass,
  key: string,
  value: unknown,
  document: ConfigDocument,
  path: KeyPath,
  faults: ConfigFault[],
): unknown {
  const partClass = defaultMetadataStorage.findTypeMetadata(owner, key)?.typeFunction();
  if (partClass === undefined) return value;
  if (isMap(value)) return makeSection(partClass, value, document, path, faults);
  if (!Array.isArray(value)) return value;
  return value.map((part, index) => (isMap(part) ? makeSection(partClass, part, document, [...path, index], faults) : part));
}

function refuseUnknownKey(key: string, known: ReadonlySet<string>, document: ConfigDocument, path: KeyPath, faults: ConfigFault[]): void {
  const meant = nearestWord(key, known);
  const words = [...known].sort().join(', ') || 'none';
  const remedy = meant === undefined ? `: remove it; known are ${words}` : `; did you mean "${meant}"?`;
  faults.push(document.fault([...path, key], `is not a known key${remedy}`, 'key'));
  // That the key that was meant is missing goes without saying.
  if (meant !== undefined) document.distrust([...path, meant]);
}
