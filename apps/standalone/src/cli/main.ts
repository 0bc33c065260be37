/** The `gatehouse` command: one line per command, each a function that returns the process's exit code, or serves until stopped. */
import 'reflect-metadata';
import { runConfigCheck } from '#config/cli/config-check.js';
import { runApp } from '#installation/run-app.js';
import { readEnvironment } from '#process/environment.js';
import { startAuthServer } from '../../../auth-server/src/start.js';
import { runGateway } from '../../../gateway/src/run.js';
import { startPortal } from '../../../portal/src/start.js';
import { startStandalone } from '../start.js';
import { runConfigDiff } from './config-diff.js';
import { runKeysList, runKeysRemove, runKeysRotate } from './keys.js';
import { runMigrate } from './migrate.js';
import { runRegistrationsAdd, runRegistrationsList, runRegistrationsRemove } from './registrations.js';
import { runRevoke } from './revoke.js';
import { runSampleUpstream } from './sample-upstream.js';
import { runUsersRequirePasswordChange } from './users.js';

interface Command {
  readonly words: string;
  readonly what: string;
  /** undefined: the process goes on serving. */
  run(variables: NodeJS.ProcessEnv, rest: readonly string[]): Promise<number | undefined>;
}

const serve = (run: Promise<void>): Promise<undefined> => run.then(() => undefined);

const commands: readonly Command[] = [
  {
    words: 'start',
    what: 'everything in one process, on the embedded database unless DATABASE_URL is set',
    run: (v) => serve(startStandalone(v)),
  },
  { words: 'auth-server', what: 'the authorization server', run: () => serve(runApp({ name: 'auth-server', start: [startAuthServer] })) },
  { words: 'gateway', what: 'the gateway', run: () => serve(runGateway()) },
  { words: 'portal', what: 'the developer portal', run: () => serve(runApp({ name: 'portal', start: [startPortal] })) },
  { words: 'migrate', what: 'bring the schema of the database at DATABASE_URL up to date', run: (variables) => runMigrate(variables) },
  {
    words: 'keys list',
    what: 'the signing keys and what each of them does',
    run: (variables) => runKeysList(variables),
  },
  {
    words: 'keys rotate',
    what: 'let the next signing keys take over',
    run: (variables) => runKeysRotate(variables),
  },
  {
    words: 'keys remove',
    what: 'remove the signing key that is named, such as one that became known',
    run: (variables, rest) => runKeysRemove(rest[0], variables),
  },
  {
    words: 'registrations add',
    what: 'register a person in a pool: <pool> <e-mail address> [<namespace>] [<property>=<value> …]',
    run: (variables, rest) => runRegistrationsAdd(rest, variables),
  },
  {
    words: 'registrations list',
    what: 'the registrations of a person: <e-mail address>',
    run: (variables, rest) => runRegistrationsList(rest, variables),
  },
  {
    words: 'registrations remove',
    what: 'take a registration away, with its tokens: <pool> <e-mail address> [<namespace>]',
    run: (variables, rest) => runRegistrationsRemove(rest, variables),
  },
  {
    words: 'users require-password-change',
    what: 'log a person out everywhere, and let them choose a new password at the next login: <e-mail address>',
    run: (variables, rest) => runUsersRequirePasswordChange(rest, variables),
  },
  { words: 'sample-upstream', what: 'the shop that the example config publishes', run: (variables) => runSampleUpstream(variables) },
  {
    words: 'revoke',
    what: 'end every token of --user <e-mail>, --application <id>, --subscription <application>/<api> or --api <id>',
    run: (variables, rest) => runRevoke(rest, variables),
  },
  {
    words: 'config check',
    what: 'check the config folder (GATEHOUSE_CONFIG, or the folder named) and print every fault',
    run: (variables, rest) => runConfigCheck(rest[0] ?? readEnvironment(variables).configFolder, variables),
  },
  {
    words: 'config diff',
    what: 'what a reload of the config folder would change about the config in force: [<folder>] [--json]',
    run: (variables, rest) => runConfigDiff(rest, variables),
  },
];

function usage(): string {
  const lines = commands.map(({ words, what }) => `  gatehouse ${words.padEnd(22)}${what}`);
  return `Usage:\n${lines.join('\n')}\n`;
}

/** @param words the command line after the program's name */
export async function runCommand(words: readonly string[], variables: NodeJS.ProcessEnv): Promise<number | undefined> {
  const line = words.join(' ');
  if (words.length === 0 || ['help', '--help', '-h'].includes(line)) {
    process.stdout.write(usage());
    return 0;
  }
  const command = commands.find((entry) => line === entry.words || line.startsWith(`${entry.words} `));
  if (!command) {
    process.stderr.write(`gatehouse: there is no command "${line}".\n${usage()}`);
    return 2;
  }
  try {
    return await command.run(variables, words.slice(command.words.split(' ').length));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'OperatorError') throw error;
    process.stderr.write(`gatehouse: ${error.message}\n`);
    return 1;
  }
}
