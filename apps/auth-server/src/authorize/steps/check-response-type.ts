import type { Issuer } from '#config/issuer.js';
import type { ResponseType } from '#persistence/authorization/authorization-request.store.js';
import type { Parameters } from '../../protocol/parameters.js';
import { AuthorizationError, type VerifiedTarget } from '../authorization-error.js';

/**
 * RFC 6749 §3.1.1. `token` puts tokens into browser histories (RFC 9700 §2.1.2): only where the API names the grant `implicit`, and
 * as good as unknown elsewhere.
 */
export function checkResponseType(issuer: Issuer, parameters: Parameters, target: VerifiedTarget): ResponseType {
  const responseType = parameters.get('response_type');
  const { grants } = issuer.oauth2;
  if (responseType === undefined) throw new AuthorizationError(target, 'invalid_request', 'response_type is missing');
  if (responseType === 'token' && grants.includes('implicit')) return 'token';
  if (responseType !== 'code') throw new AuthorizationError(target, 'unsupported_response_type', 'response_type must be code');
  if (!grants.includes('authorization_code')) {
    throw new AuthorizationError(target, 'unauthorized_client', 'This API does not allow the authorization code grant');
  }
  return 'code';
}

/** RFC 6749 §4.2.2.1: answers to a request for a token, errors too, stand in the fragment. */
export function chooseResponseMode(issuer: Issuer, parameters: Parameters): VerifiedTarget['mode'] {
  return parameters.get('response_type') === 'token' && issuer.oauth2.grants.includes('implicit') ? 'fragment' : 'query';
}
