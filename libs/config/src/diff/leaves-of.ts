import { SecretText } from '../secret-text.js';

/** The values of a tree by their key paths (`upstream.targets[0].url`), as text to compare and never to show. */
export function leavesOf(tree: unknown): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (value instanceof SecretText) leaves.set(path, value.reveal());
    else if (value instanceof Uint8Array) leaves.set(path, Buffer.from(value).toString('base64'));
    else if (value instanceof Map) for (const [key, part] of value) visit(part, join(path, String(key)));
    else if (Array.isArray(value)) for (const [i, part] of value.entries()) visit(part, `${path}[${i}]`);
    else if (typeof value === 'object' && value !== null) for (const [key, part] of Object.entries(value)) visit(part, join(path, key));
    // Not given and null say the same.
    else if (value !== undefined && value !== null) leaves.set(path, JSON.stringify(value) ?? String(value));
  };
  visit(tree, '');
  return leaves;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
