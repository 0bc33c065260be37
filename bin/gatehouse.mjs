#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/apps/standalone/src/cli/main.js', import.meta.url);
if (!existsSync(entry)) {
  console.error('gatehouse: not built yet. Run: npm install && npm run build');
  process.exit(1);
}
const { runCommand } = await import(entry.href);
const code = await runCommand(process.argv.slice(2), process.env);
if (code !== undefined) process.exit(code);
