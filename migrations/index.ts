/** The list of migrations, oldest first. */
import { CreateUserAccount1763800000001 } from './1763800000001-create-user-account.js';
import { CreateApplication1763800000002 } from './1763800000002-create-application.js';
import { CreateSubscription1763800000003 } from './1763800000003-create-subscription.js';
import { CreateAuthorizationFlow1763800000004 } from './1763800000004-create-authorization-flow.js';
import { CreateToken1763800000005 } from './1763800000005-create-token.js';
import { CreateChangeEvent1763800000006 } from './1763800000006-create-change-event.js';
import { CreateSigningKey1763810001001 } from './1763810001001-create-signing-key.js';
import { AddLoginToTokenFamily1763810001002 } from './1763810001002-add-login-to-token-family.js';
import { AddNonceToAuthorizationCode1763810001003 } from './1763810001003-add-nonce-to-authorization-code.js';
import { AddClientTokensEndedToSubscription1763810001004 } from './1763810001004-add-client-tokens-ended-to-subscription.js';
import { CreateMailOutbox1763810002001 } from './1763810002001-create-mail-outbox.js';
import { CreateEmailLink1763810002003 } from './1763810002003-create-email-link.js';
import { CreateAuditEvent1763810003001 } from './1763810003001-create-audit-event.js';
import { CreateDeviceAuthorization1763810003002 } from './1763810003002-create-device-authorization.js';
import { PartitionAccessToken1763810003003 } from './1763810003003-partition-access-token.js';
import { CreateRegistration1763810003900 } from './1763810003900-create-registration.js';
import { AddScopeDecision1763810005001 } from './1763810005001-add-scope-decision.js';
import { CreateScopeLookup1763810005002 } from './1763810005002-create-scope-lookup.js';
import { AddPasswordDeclaredToUserAccount1763820005001 } from './1763820005001-add-password-declared-to-user-account.js';
import { TellAuditEventsInChangeFeed1763830003001 } from './1763830003001-tell-audit-events-in-change-feed.js';
import { AddUndecidedToFailureCount1763830003002 } from './1763830003002-add-undecided-to-failure-count.js';
import { AddDecidedNamespaceToAuthorizationRequest1763830003003 } from './1763830003003-add-decided-namespace-to-authorization-request.js';
import { AddRepeatsToRefreshToken1763830003004 } from './1763830003004-add-repeats-to-refresh-token.js';

export const migrations = [
  CreateUserAccount1763800000001,
  CreateApplication1763800000002,
  CreateSubscription1763800000003,
  CreateAuthorizationFlow1763800000004,
  CreateToken1763800000005,
  CreateChangeEvent1763800000006,
  CreateSigningKey1763810001001,
  AddLoginToTokenFamily1763810001002,
  AddNonceToAuthorizationCode1763810001003,
  AddClientTokensEndedToSubscription1763810001004,
  CreateMailOutbox1763810002001,
  CreateEmailLink1763810002003,
  CreateAuditEvent1763810003001,
  CreateDeviceAuthorization1763810003002,
  PartitionAccessToken1763810003003,
  CreateRegistration1763810003900,
  AddScopeDecision1763810005001,
  CreateScopeLookup1763810005002,
  AddPasswordDeclaredToUserAccount1763820005001,
  TellAuditEventsInChangeFeed1763830003001,
  AddUndecidedToFailureCount1763830003002,
  AddDecidedNamespaceToAuthorizationRequest1763830003003,
  AddRepeatsToRefreshToken1763830003004,
];
