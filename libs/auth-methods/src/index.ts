/** The list of auth method types: a new one is a folder and one line here. */
import type { AuthMethodType } from './auth-method.js';
import { localAuthMethod } from './local/local.auth-method.js';

export const authMethodTypes: readonly AuthMethodType[] = [localAuthMethod];
