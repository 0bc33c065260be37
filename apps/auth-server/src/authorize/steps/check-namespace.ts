import type { Parameters } from '../../protocol/parameters.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/** Namespaces stand in a header towards the upstream: nothing in them may end it or begin another part of it. */
export const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** @returns null where none is asked for */
export function checkNamespace(parameters: Parameters, target: VerifiedTarget): string | null {
  const namespace = parameters.get('namespace') ?? null;
  if (namespace !== null && !NAMESPACE.test(namespace)) throw new AuthorizationError(target, 'invalid_request', 'namespace is malformed');
  return namespace;
}
