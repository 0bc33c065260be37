import { didYouMean } from '../source/nearest-word.js';

/** Says that an id names nothing. @param where such as `groups.yaml` or `plans/` */
export function explainUnknown(kind: string, id: string, known: ReadonlyMap<string, unknown>, where: string): string {
  const suggestion = didYouMean(id, known.keys());
  return `there is no ${kind} "${id}"${suggestion || `: declare it in ${where}, or use one that is there`}`;
}

/** Reports every id of a list that names nothing, and every one that stands twice. */
export function checkIds(
  ids: readonly string[],
  kind: string,
  known: ReadonlyMap<string, unknown>,
  where: string,
  report: (index: number, message: string) => void,
): void {
  for (const [index, id] of ids.entries()) {
    if (!known.has(id)) report(index, explainUnknown(kind, id, known, where));
    else if (ids.indexOf(id) !== index) report(index, `"${id}" stands in this list twice: remove one of them`);
  }
}
