import { milliseconds } from '../compile/milliseconds.js';
import type { Part } from '../decode/draft.js';
import type { ApiFile } from '../schema/api.schema.js';
import type { Report } from './draft-check.js';

/** That what an API says of its upstream goes together. */
export function checkUpstream(api: Part<ApiFile>, report: Report): void {
  const { upstream } = api.value;
  if (upstream === undefined) return;
  const { url, targets, balance, hashBy, circuitBreaker } = upstream;
  if (url === undefined && targets === undefined)
    report(api, ['upstream'], 'must have url, such as http://orders.internal:9001, or targets');
  if (url !== undefined && targets !== undefined) report(api, ['upstream', 'targets'], 'stands beside url: keep one of the two');
  if (hashBy !== undefined && balance !== 'hash')
    report(api, ['upstream', 'hashBy'], 'stands only beside balance: hash: add that, or remove this key');
  if (circuitBreaker !== undefined && milliseconds(circuitBreaker.longestOpen) < milliseconds(circuitBreaker.openFor))
    report(api, ['upstream', 'circuitBreaker', 'longestOpen'], 'is shorter than openFor: make it as long at least');
}
