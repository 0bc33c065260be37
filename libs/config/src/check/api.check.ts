import { schemesOf } from '../compile/schemes.js';
import type { Part } from '../decode/draft.js';
import type { ApiFile } from '../schema/api.schema.js';
import type { DraftCheck, Report } from './draft-check.js';
import { checkIds, explainUnknown } from './reference.js';
import { checkUpstream } from './upstream.check.js';

/** Plans, group and upstream of each API, and that what it says of credentials goes together. */
export const checkApis: DraftCheck = (draft, report) => {
  for (const api of draft.apis.values()) {
    if (api.unreadable) continue;
    const { plans, group, partner } = api.value;
    checkIds(plans, 'plan', draft.plans, 'plans/', (index, message) => report(api, ['plans', index], message));
    if (group !== undefined && draft.groups && !draft.groups.has(group)) {
      report(api, ['group'], explainUnknown('group', group, draft.groups, 'groups.yaml'));
    }
    if (partner && group === undefined)
      report(api, ['partner'], 'partner needs a group: name the group whose members may subscribe, or remove this key');
    checkOpenness(api, report);
    checkUpstream(api, report);
  }
};

function checkOpenness(api: Part<ApiFile>, report: Report): void {
  const { auth, plans } = api.value;
  if (auth === undefined) return;
  const open = schemesOf(auth).length === 0;
  if (open && plans.length > 0)
    report(api, ['plans'], 'an API with auth none is open to everyone and has no subscriptions: remove this key, or set auth');
  if (!open && plans.length === 0) report(api, ['plans'], 'must list at least one plan: without one nobody can subscribe');
}
