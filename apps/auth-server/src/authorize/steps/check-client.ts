import type { Issuer } from '#config/issuer.js';
import type { Client, ClientStore } from '#persistence/subscription/client.store.js';
import type { Wording } from '../../language/language.js';
import type { Parameters } from '../../protocol/parameters.js';
import { matchRedirectUri } from '../../protocol/redirect-uri.js';
import { AuthorizationError, PageError, type VerifiedTarget } from '../authorization-error.js';
import { chooseResponseMode } from './check-response-type.js';

/** RFC 6749 §4.1.2.1: an unknown client is told to the person, and nobody is sent anywhere. */
export async function checkClient(clients: ClientStore, issuer: Issuer, parameters: Parameters): Promise<Client> {
  const clientId = requireOnPage(parameters, 'client_id');
  const client = await clients.findByClientId(clientId);
  if (client === null || client.apiId !== issuer.api.id) {
    throw refusal(({ errors }) => errors.unknownClient(issuer.api.name));
  }
  return client;
}

/**
 * Always demanded (OAuth 2.1 §4.1.1), and one of the registered (RFC 6749 §3.1.2.4). "The authorization server MUST NOT
 * automatically redirect the user-agent to the invalid redirection URI."
 */
export function checkRedirectUri(client: Client, issuer: Issuer, parameters: Parameters): VerifiedTarget {
  const redirectUri = requireOnPage(parameters, 'redirect_uri');
  if (!matchRedirectUri(client.redirectUris, redirectUri)) {
    throw refusal(({ errors }) => errors.unregisteredRedirect);
  }
  return { redirectUri, state: parameters.get('state') ?? null, issuerUrl: issuer.url, mode: chooseResponseMode(issuer, parameters) };
}

/** The subscription must be in force; only the client is told why it is not. */
export function checkSubscription(client: Client, target: VerifiedTarget): void {
  if (client.status !== 'approved' || client.applicationBlocked) {
    throw new AuthorizationError(target, 'unauthorized_client', 'The subscription to this API is not in force');
  }
}

function requireOnPage(parameters: Parameters, name: string): string {
  const fault = parameters.faultOf(name);
  if (fault !== undefined) {
    throw refusal(({ errors }) => (fault === 'repeated' ? errors.parameterRepeated(name) : errors.parameterMalformed(name)));
  }
  const value = parameters.get(name);
  if (value === undefined) throw refusal(({ errors }) => errors.parameterMissing(name));
  return value;
}

function refusal(explain: (words: Wording) => string): PageError {
  return new PageError(400, (words) => ({ title: words.errors.applicationCannotLogIn, explanation: explain(words) }));
}
