/** What can be measured: name → measurement, which returns a Markdown table. */
import { bodies } from './bodies.mjs';
import { bare, full, post, token } from './calls.mjs';
import { decisions } from './decisions.mjs';
import { credentials, routes } from './growth.mjs';
import { halfLoad } from './half-load.mjs';
import { idle } from './idle.mjs';
import { revocation } from './revocation.mjs';

export const VARIANTS = {
  token,
  bare,
  full,
  decisions,
  'post-10k': post,
  'body-1m': bodies(1_000_000),
  'body-100m': bodies(100_000_000),
  'half-load': halfLoad,
  'idle-2000': idle,
  'routes-10000': routes,
  'tokens-1000000': credentials,
  revocation,
};
