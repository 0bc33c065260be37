/** Writes the JSON Schemas of the config files, made from their classes, to config/schemas. Run `npm run build` first. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { jsonSchemas } = await import(join(root, 'dist/libs/config/src/schema/json-schemas.js'));

const folder = join(root, 'config/schemas');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`config/schemas/${name}`);
}
