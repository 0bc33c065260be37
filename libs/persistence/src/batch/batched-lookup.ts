import type { DataSource } from 'typeorm';
import { preparedStatement } from '../schema/prepared-statement.js';
import { StatementBatch } from './statement-batch.js';

/**
 * Look-ups by a key, those of one moment by one statement.
 * @param select takes an array of keys as $1; its rows name theirs in the column `key`, as text
 * @param textOf the key as the statement writes it
 * @returns finds the row of a key, or null
 */
export function batchedLookup<Key, Row>(
  dataSource: DataSource,
  select: string,
  textOf: (key: Key) => string,
): (key: Key) => Promise<Row | null> {
  const read = preparedStatement<Row & { key: string }>(dataSource, select);
  const batch = new StatementBatch<Key, Row | null>(async (keys) => {
    const rows = await read([keys]);
    const found = new Map(rows.map(({ key, ...row }) => [key, row as Row]));
    return keys.map((key) => found.get(textOf(key)) ?? null);
  });
  return (key) => batch.add(key);
}
