import { type ValidationError, validateSync } from 'class-validator';
import type { ConfigFault, KeyPath } from '../config-fault.js';
import type { ConfigDocument } from '../source/config-document.js';
import { decisiveCheck, explainConstraint } from './explain-constraint.js';
import { makeSection, type SectionClass } from './section-instance.js';

/**
 * Turns a map of a document into an instance of its class and checks it. What fails is a fault and falls back to the class's
 * default, so that the checks after this one see values of the right types and can name every other mistake at once.
 */
export function decodeSection<T extends object>(
  sectionClass: SectionClass<T>,
  map: Record<string, unknown>,
  document: ConfigDocument,
  path: KeyPath,
  faults: ConfigFault[],
): T {
  const section = makeSection(sectionClass, map, document, path, faults);
  let errors = flatten(validate(section), path);
  if (readVariables(errors, document)) errors = flatten(validate(section), path);
  for (const { error, path: errorPath } of errors) {
    const check = decisiveCheck(error.constraints ?? {});
    const known = document.isDistrusted(errorPath);
    for (const faultPath of failedElements(error, check, errorPath)) {
      if (known) continue;
      document.distrust(faultPath);
      const failed = faultPath.length > errorPath.length ? (error.value as unknown[])[faultPath.at(-1) as number] : error.value;
      faults.push(document.fault(faultPath, explainConstraint(failed === error.value ? error : explainElement(error, failed), check)));
    }
    fallBack(error);
  }
  return section;
}

interface LocatedError {
  readonly error: ValidationError;
  readonly path: KeyPath;
}

function validate(section: object): ValidationError[] {
  return validateSync(section, { forbidUnknownValues: false });
}

/** The errors that have constraints of their own, with their paths. */
function flatten(errors: readonly ValidationError[], path: KeyPath): LocatedError[] {
  return errors.flatMap((error) => {
    const key = Array.isArray(error.target) ? Number(error.property) : error.property;
    const errorPath = [...path, key];
    const own = error.constraints ? [{ error, path: errorPath }] : [];
    const children = (error.children ?? []).filter((child) => !(error.constraints?.isSection && child.constraints?.nestedValidation));
    return [...own, ...flatten(children, errorPath)];
  });
}

/** A variable's value is a string; where true, false or a number is expected, it is read as that. @returns whether any was */
function readVariables(errors: readonly LocatedError[], document: ConfigDocument): boolean {
  let changed = false;
  for (const { error, path } of errors) {
    if (typeof error.value !== 'string' || !document.isSubstituted(path)) continue;
    const names = Object.keys(error.constraints ?? {});
    const target = error.target as Record<string, unknown>;
    if (names.includes('isBoolean') && /^(true|false)$/.test(error.value)) target[error.property] = error.value === 'true';
    else if (names.some((name) => name === 'isInt' || name === 'isNumber') && /^-?\d+(\.\d+)?$/.test(error.value)) {
      target[error.property] = Number(error.value);
    } else continue;
    changed = true;
  }
  return changed;
}

/** The paths of the list elements that failed a check of each; otherwise that of the value itself. */
function failedElements(error: ValidationError, check: string, path: KeyPath): KeyPath[] {
  if (!Array.isArray(error.value) || check === 'isArray') return [path];
  const failed = error.value.flatMap((element, index) => (elementError(error, element)?.constraints?.[check] ? [[...path, index]] : []));
  return failed.length > 0 ? failed : [path];
}

/** The same checks, asked about one element of a list alone. */
function elementError(error: ValidationError, element: unknown): ValidationError | undefined {
  const probe = Object.assign(Object.create(Object.getPrototypeOf(error.target)) as object, { [error.property]: [element] });
  return validate(probe).find(({ property }) => property === error.property);
}

function explainElement(error: ValidationError, element: unknown): ValidationError {
  return Object.assign(elementError(error, element) ?? error, { value: element });
}

function fallBack(error: ValidationError): void {
  const target = error.target as Record<string, unknown>;
  if (Array.isArray(target)) return;
  const defaults = new (target.constructor as SectionClass)() as Record<string, unknown>;
  target[error.property] = defaults[error.property];
}
