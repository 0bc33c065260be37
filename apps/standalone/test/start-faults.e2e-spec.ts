import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../../../test/harness/installation.js';

const ROOT = resolve(import.meta.dirname, '../../..');

let gatehouse: TestInstallation;
let folder: string;

beforeAll(async () => {
  gatehouse = await startInstallation();
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
});

afterAll(async () => {
  await gatehouse.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command that is expected to end by itself. */
function gatehouseCommand(
  words: readonly string[],
  env: Record<string, string | undefined>,
): { status: number | null; stderr: string; stdout: string } {
  const own = { ...gatehouse.env, GATEHOUSE_DATA: join(folder, 'data'), ...env };
  const defined = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as Record<string, string>;
  return spawnSync(process.execPath, [join(ROOT, 'bin/gatehouse.mjs'), ...words], { env: defined, encoding: 'utf8', timeout: 100_000 });
}

/** What a person sees: lines that are no JSON log. */
const said = (stderr: string): string[] => stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

describe('faults at start: one clear line each', () => {
  test('a taken port', () => {
    const { status, stderr } = gatehouseCommand(['start'], { SAMPLE_UPSTREAM_PORT: '0' });
    expect(status).toBe(1);
    expect(said(stderr)).toEqual([
      expect.stringMatching(/^gatehouse: Port \d+ is taken\. Stop what uses it, or set [A-Z_]+_PORT to another port\.$/),
    ]);
  });

  test('a data folder that is in use', () => {
    if (gatehouse.env.DATABASE_URL) return;
    const { status, stderr } = gatehouseCommand(['start'], { GATEHOUSE_DATA: gatehouse.env.GATEHOUSE_DATA });
    expect(status).toBe(1);
    expect(said(stderr)).toEqual([expect.stringContaining('is in use by another Gatehouse. Stop that one, or set GATEHOUSE_DATA')]);
  });

  test('a data folder that cannot be written', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { status, stderr } = gatehouseCommand(['start'], { GATEHOUSE_DATA: join(file, 'data'), GATEHOUSE_SECRET: undefined });
    expect(status).toBe(1);
    expect(said(stderr)).toEqual([
      expect.stringMatching(/^gatehouse: Cannot (make|write) the data folder .*Set GATEHOUSE_DATA to a folder that can be written\.$/),
    ]);
  });

  test('a config folder that is not there', () => {
    const { status, stderr } = gatehouseCommand(['start'], { GATEHOUSE_CONFIG: join(folder, 'nowhere') });
    expect(status).toBe(1);
    expect(stderr).toContain('nowhere');
    expect(stderr).not.toContain('    at ');
  });

  test('97: a variable of the environment that makes no sense', () => {
    const { status, stderr } = gatehouseCommand(['start'], { GATEWAY_PORT: 'eighty', LOG_LEVEL: 'loud' });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'gatehouse: LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"\nGATEWAY_PORT must be a port from 0 to 65535, not "eighty"\n',
    );
  });

  test('separate apps demand a secret, a database and a current schema', async () => {
    const without = gatehouseCommand(['gateway'], { DATABASE_URL: undefined, GATEHOUSE_SECRET: undefined });
    expect(without.status).toBe(1);
    expect(without.stderr).toContain('GATEHOUSE_SECRET is not set');
    const secret = 'a-secret-of-at-least-thirty-two-characters';
    const noDatabase = gatehouseCommand(['gateway'], { DATABASE_URL: undefined, GATEHOUSE_SECRET: secret });
    expect(noDatabase.stderr).toContain('DATABASE_URL is not set');
    const unreachable = gatehouseCommand(['gateway'], {
      DATABASE_URL: 'postgres://nobody:hunter2@127.0.0.1:1/none',
      GATEHOUSE_SECRET: secret,
    });
    expect(unreachable.status).toBe(1);
    expect(said(unreachable.stderr)).toHaveLength(1);
    expect(unreachable.stderr).toContain('Cannot use the database at 127.0.0.1:1/none');
    expect(unreachable.stderr).not.toContain('hunter2');
  });

  test('an unknown command', () => {
    const { status, stderr } = gatehouseCommand(['frobnicate'], {});
    expect(status).toBe(2);
    expect(stderr).toContain('there is no command "frobnicate"');
    expect(stderr).toContain('gatehouse config check');
  });
});
