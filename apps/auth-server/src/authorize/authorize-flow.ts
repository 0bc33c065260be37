/**
 * The authorization endpoint: every check of a request, in order. Up to the redirect URI a fault is shown to the person; after it,
 * the client is told by redirect. Nothing here asks the person for anything: that is the dispatcher's (dispatch/).
 */

import type { Issuer } from '#config/issuer.js';
import type { RegistrySnapshot } from '#config/registry.js';
import type { RequestedAuthorization } from '#persistence/authorization/authorization-request.store.js';
import type { Client, ClientStore } from '#persistence/subscription/client.store.js';
import type { Logger } from '#process/logger.js';
import type { VerificationKeys } from '#signing/verification-keys.js';
import type { Parameters } from '../protocol/parameters.js';
import type { VerifiedTarget } from './authorization-error.js';
import { sendErrorsTo } from './send-errors-to.js';
import { checkClient, checkRedirectUri, checkSubscription } from './steps/check-client.js';
import { checkIssuer } from './steps/check-issuer.js';
import { checkIdTokenHint, checkMaxAge, checkNonce } from './steps/check-login-wishes.js';
import { checkNamespace } from './steps/check-namespace.js';
import { checkParameters } from './steps/check-parameters.js';
import { checkPkce } from './steps/check-pkce.js';
import { checkPrompt } from './steps/check-prompt.js';
import { checkResource } from './steps/check-resource.js';
import { checkResponseType } from './steps/check-response-type.js';
import { checkScope } from './steps/check-scope.js';
import { checkScopesKnown } from './steps/check-scopes-known.js';
import { checkUnsupported } from './steps/check-unsupported.js';

export interface AuthorizeInput {
  readonly snapshot: RegistrySnapshot;
  readonly authMethodId: string;
  readonly apiId: string;
  readonly parameters: Parameters;
}

export interface CheckedAuthorization {
  readonly issuer: Issuer;
  readonly client: Client;
  readonly target: VerifiedTarget;
  readonly request: RequestedAuthorization;
}

/** @throws PageError, AuthorizationError */
export async function checkAuthorization(
  { snapshot, authMethodId, apiId, parameters }: AuthorizeInput,
  deps: { readonly clients: ClientStore; readonly keys: VerificationKeys; readonly logger: Logger },
): Promise<CheckedAuthorization> {
  const issuer = checkIssuer(snapshot, authMethodId, apiId);
  const client = await checkClient(deps.clients, issuer, parameters);
  const target = checkRedirectUri(client, issuer, parameters);

  return sendErrorsTo(target, deps.logger, async () => {
    checkParameters(parameters, target);
    checkUnsupported(parameters, target);
    checkSubscription(client, target);
    const responseType = checkResponseType(issuer, parameters, target);
    // A token has no code that PKCE could bind.
    const codeChallenge = responseType === 'code' ? checkPkce(client, parameters, target) : null;
    checkScopesKnown(issuer, target);
    const scopes = checkScope(client, issuer, parameters, target);
    const prompt = checkPrompt(parameters, target);
    checkResource(snapshot, issuer, parameters, target);
    const nonce = checkNonce(parameters, target);
    const maxAge = checkMaxAge(parameters, target);
    const hintedUserId = await checkIdTokenHint(deps.keys, { issuer, client }, parameters, target);
    const loginHint = parameters.get('login_hint') ?? null;
    const namespace = checkNamespace(parameters, target);
    const uiLocales = parameters.get('ui_locales') ?? null;
    return {
      issuer,
      client,
      target,
      request: {
        redirectUri: target.redirectUri,
        state: target.state,
        responseType,
        scopes,
        codeChallenge,
        prompt,
        loginHint,
        uiLocales,
        nonce,
        maxAge,
        hintedUserId,
        namespace,
      },
    };
  });
}
