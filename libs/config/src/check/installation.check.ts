import type { DraftCheck } from './draft-check.js';
import { checkIds } from './reference.js';

/** Auth methods of the portal, groups and addresses of the initial users, the logo. */
export const checkInstallation: DraftCheck = (draft, report, reportFile) => {
  const part = draft.installation;
  if (part === null || part.unreadable) return;
  const { portal, initialUsers } = part.value;

  checkIds(portal.authMethods, 'auth method', draft.authMethods, 'auth-methods/', (index, message) =>
    report(part, ['portal', 'authMethods', index], message),
  );

  const emails = new Set<string>();
  for (const [index, user] of initialUsers.entries()) {
    const email = user.email?.toLowerCase();
    if (email !== undefined && emails.has(email)) {
      report(part, ['initialUsers', index, 'email'], `"${user.email}" is declared twice: remove one of them`);
    }
    if (email !== undefined) emails.add(email);
    if (draft.groups === null) continue;
    checkIds(user.groups, 'group', draft.groups, 'groups.yaml', (at, message) =>
      report(part, ['initialUsers', index, 'groups', at], message),
    );
  }

  const { logo } = portal.theme;
  if (logo !== undefined && !draft.images.has(logo)) {
    report(part, ['portal', 'theme', 'logo'], `there is no file "${logo}" beside gatehouse.yaml: put it there, or remove this key`);
  }
  for (const image of draft.images.keys()) {
    if (image !== logo) reportFile(image, 'nothing refers to this image: name it as portal.theme.logo in gatehouse.yaml, or remove it');
  }
};
