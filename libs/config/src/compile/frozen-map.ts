/** A map that nobody changes once it is made. */
export class FrozenMap<K, V> extends Map<K, V> {
  constructor(entries: Iterable<readonly [K, V]>) {
    super();
    for (const [key, value] of entries) super.set(key, value);
    Object.freeze(this);
  }

  override set(_key: K, _value: V): this {
    return refuse();
  }

  override delete(_key: K): boolean {
    return refuse();
  }

  override clear(): void {
    refuse();
  }
}

function refuse(): never {
  throw new TypeError('A registry snapshot cannot be changed');
}

/** Freezes a value and everything in it; bytes cannot be frozen and stay as they are. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Map) for (const part of value.values()) deepFreeze(part);
  else for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
