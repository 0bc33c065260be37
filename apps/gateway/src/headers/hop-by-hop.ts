/**
 * What of a message is for one connection alone (RFC 9110 §7.6.1), both ways: the names that always are, with the fields by which a
 * client and its next proxy know each other (§11.7), and those that the message itself lists in Connection.
 */

export const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const;

/**
 * "Intermediaries MUST parse a received Connection header field before a message is forwarded and, for each connection-option in
 * this field, remove any header or trailer field(s) from the message with the same name".
 * @param fields flat names and values
 */
export function withoutListed(fields: string[], connection: string): string[] {
  const listed = listedNames(connection);
  if (listed === null) return fields;
  const left: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (!listed.has((fields[i] as string).toLowerCase())) left.push(fields[i] as string, fields[i + 1] as string);
  }
  return left;
}

/** Whether a message is to go on without such a field. @param name lower-case */
export function isListed(name: string, connection: string | undefined): boolean {
  return connection !== undefined && listedNames(connection)?.has(name) === true;
}

/** @returns null: none, as nearly always */
function listedNames(connection: string): Set<string> | null {
  if (connection === 'keep-alive' || connection === 'close' || connection === 'Keep-Alive') return null;
  return new Set(connection.split(',').map((option) => option.trim().toLowerCase()));
}
