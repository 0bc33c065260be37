import type { ConfigFault } from '../config-fault.js';
import { type Draft, partFault } from '../decode/draft.js';
import { checkApis } from './api.check.js';
import { checkApplications } from './application.check.js';
import { checkCredentials } from './credential.check.js';
import type { DraftCheck, FileReport, Report } from './draft-check.js';
import { checkInstallation } from './installation.check.js';
import { checkOAuth2 } from './oauth2.check.js';
import { checkPlans } from './plan.check.js';
import { checkPools } from './pool.check.js';
import { checkRoutes } from './route.check.js';
import { checkSubscriptions } from './subscription.check.js';

/** What no file can say of itself alone. */
const CHECKS: readonly DraftCheck[] = [
  checkInstallation,
  checkPools,
  checkPlans,
  checkApis,
  checkOAuth2,
  checkRoutes,
  checkApplications,
  checkSubscriptions,
  checkCredentials,
];

/** Checks what crosses values and files: references, duplicates, and what goes together. */
export function checkDraft(draft: Draft, faults: ConfigFault[]): void {
  const report: Report = (part, path, message) => {
    // What follows from a value that is known to be wrong would only mislead.
    if (!part.document.isDistrusted([...part.path, ...path])) faults.push(partFault(part, path, message));
  };
  const reportFile: FileReport = (file, message) => faults.push({ file, line: 1, column: 1, keyPath: '', message });
  for (const check of CHECKS) check(draft, report, reportFile);
}
