import { expect, test } from '@jest/globals';
import { type ConfigFault, formatFaults, loadConfig } from '../src/load-config.js';
import { type Files, withFolder } from './config-folder.js';
import { API_MISTAKES } from './mistakes/api.mistakes.js';
import { APPLICATION_MISTAKES } from './mistakes/application.mistakes.js';
import { CALL_OUT_MISTAKES } from './mistakes/call-out.mistakes.js';
import { EXTENSION_MISTAKES } from './mistakes/extension.mistakes.js';
import { FILE_MISTAKES } from './mistakes/file.mistakes.js';
import { NOT_BUILT_YET } from './mistakes/not-built-yet.mistakes.js';
import { REFERENCE_MISTAKES } from './mistakes/reference.mistakes.js';
import { UPSTREAM_MISTAKES } from './mistakes/upstream.mistakes.js';
import { VALUE_MISTAKES } from './mistakes/value.mistakes.js';
import { VARIABLE_MISTAKES } from './mistakes/variable.mistakes.js';
import { YAML_MISTAKES } from './mistakes/yaml.mistakes.js';

async function faultsOf(changes: Files, variables: NodeJS.ProcessEnv = {}): Promise<readonly ConfigFault[]> {
  const outcome = await withFolder(changes, (folder) => loadConfig(folder, variables));
  return outcome.ok ? [] : outcome.faults;
}

test('the folder that the mistakes are made in has none', async () => {
  expect(await faultsOf({})).toEqual([]);
});

test.each([
  ...FILE_MISTAKES,
  ...YAML_MISTAKES,
  ...VARIABLE_MISTAKES,
  ...VALUE_MISTAKES,
  ...EXTENSION_MISTAKES,
  ...NOT_BUILT_YET,
  ...REFERENCE_MISTAKES,
  ...API_MISTAKES,
  ...CALL_OUT_MISTAKES,
  ...UPSTREAM_MISTAKES,
  ...APPLICATION_MISTAKES,
])('97: %s', async (_what, changes, place, message) => {
  const lines = formatFaults(await faultsOf(changes)).split('\n');
  expect(lines).toEqual([`${place}${place.includes(' ') ? ':' : ''} ${message}`]);
});
