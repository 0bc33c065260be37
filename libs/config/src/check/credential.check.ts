import type { DraftCheck } from './draft-check.js';

/** No client id and no API key belongs to two subscriptions. */
export const checkCredentials: DraftCheck = (draft, report) => {
  const taken = new Map<string, string>();
  for (const application of draft.applications.values()) {
    for (const [index, subscription] of application.value.subscriptions.entries()) {
      for (const key of ['clientId', 'apiKey'] as const) {
        const credential = subscription[key];
        if (credential === undefined) continue;
        const other = taken.get(`${key} ${credential}`);
        // The key itself is a secret and is not shown.
        if (other)
          report(
            application,
            ['subscriptions', index, key],
            `is the same as in ${other}: each subscription has its own; change one of them`,
          );
        else taken.set(`${key} ${credential}`, `subscription ${index + 1} of application "${application.id}"`);
      }
    }
  }
};
