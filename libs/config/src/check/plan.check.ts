import type { DraftCheck } from './draft-check.js';
import { explainUnknown } from './reference.js';

/** The group of a plan exists. */
export const checkPlans: DraftCheck = (draft, report) => {
  for (const plan of draft.plans.values()) {
    const { group } = plan.value;
    if (group !== undefined && draft.groups && !draft.groups.has(group)) {
      report(plan, ['group'], explainUnknown('group', group, draft.groups, 'groups.yaml'));
    }
  }
};
