import type { Installation } from '#installation/installation.js';

/** Tells a newcomer what runs where and what to try first. */
export function printWelcome({ registry, embedded, environment }: Installation): void {
  const { title, publicUrls, declared, apis, mail } = registry.snapshot;
  const login = declared.users.find((user) => user.validated);
  // A person at a terminal is shown the password; a log file is not.
  const password =
    embedded && process.stdout.isTTY ? login?.password.reveal() : `(its password stands in ${environment.configFolder}/gatehouse.yaml)`;
  const open = [...apis.values()].find((api) => api.auth.length === 0 && api.group === null);
  const lines = [
    '',
    `  ${title} is up.`,
    '',
    `  Developer portal      ${publicUrls.portal}`,
    `  Gateway               ${publicUrls.gateway}`,
    `  Authorization server  ${publicUrls.auth}`,
    `  Database              ${embedded ? `embedded, in ${environment.dataFolder}` : 'PostgreSQL (DATABASE_URL)'}`,
    `  Mails                 ${mail.url === null ? 'written to this log (no mail server: set mail.url)' : 'sent by the mail server of the config'}`,
    ...(login ? [`  Login                 ${login.email} / ${password}`] : []),
    '',
    ...(open ? ['  A first call:', `    curl ${publicUrls.gateway}${open.routes[0]?.paths[0] ?? '/'}`, ''] : []),
    `  The page of each API in the portal has the commands for the whole OAuth flow: ${publicUrls.portal}/apis`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
