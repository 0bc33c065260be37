import type { DataSource } from 'typeorm';

export interface StoredScopes {
  /** Where they were looked up. */
  readonly url: string;
  /** Pairs of scope and description, in order. */
  readonly scopes: readonly (readonly [string, string])[];
}

const FIND = `SELECT url, scopes FROM scope_lookup WHERE url = ANY($1::text[])`;

const SAVE = `
  INSERT INTO scope_lookup (url, scopes) VALUES ($1, $2)
  ON CONFLICT (url) DO UPDATE SET scopes = EXCLUDED.scopes, updated_at = now()`;

/** Last good answers of the services that list scopes: a process that starts while one is down goes on by them. */
export class ScopeLookupStore {
  constructor(private readonly dataSource: DataSource) {}

  find(urls: readonly string[]): Promise<StoredScopes[]> {
    return this.dataSource.query(FIND, [urls]);
  }

  async save({ url, scopes }: StoredScopes): Promise<void> {
    await this.dataSource.query(SAVE, [url, JSON.stringify(scopes)]);
  }
}
