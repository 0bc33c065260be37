import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { jsonSchemas } from './json-schemas.js';

const CONFIG = join(import.meta.dirname, '../../../../config');

test('the committed schemas are those of the classes; where this fails: npm run build && npm run schemas', async () => {
  const schemas = jsonSchemas();
  expect((await readdir(join(CONFIG, 'schemas'))).sort()).toEqual(Object.keys(schemas).sort());
  for (const [name, schema] of Object.entries(schemas)) {
    const committed = await readFile(join(CONFIG, 'schemas', name), 'utf8');
    expect({ name, schema: JSON.parse(committed) }).toEqual({ name, schema: JSON.parse(JSON.stringify(schema)) });
  }
});

test('every file of the example begins with its schema', async () => {
  const files = (await readdir(CONFIG, { recursive: true })).filter((file) => file.endsWith('.yaml') && !file.endsWith('openapi.yaml'));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const [first = ''] = (await readFile(join(CONFIG, file), 'utf8')).split('\n');
    const [, reference = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
    expect([file, Object.keys(jsonSchemas())]).toEqual([file, expect.arrayContaining([reference.split('/').at(-1)])]);
    await readFile(join(CONFIG, file, '..', reference));
  }
});

test('every key has a description, and unknown keys are refused everywhere', () => {
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    const sections = [schema, ...Object.values(schema.definitions as object)].filter((section) => section.properties);
    const closed = sections.filter((section) => typeof section.additionalProperties !== 'object');
    for (const section of closed) expect([name, section.additionalProperties]).toEqual([name, false]);
    for (const [key, property] of Object.entries((schema.properties ?? {}) as Record<string, { description?: string }>)) {
      if (key !== '$schema') expect([name, key, typeof property.description]).toEqual([name, key, 'string']);
    }
  }
});
