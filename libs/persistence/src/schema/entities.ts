/** Every table mapping; the drift test holds them against the migrations. */
import { Application } from '../application/application.entity.js';
import { ApplicationOwner } from '../application/application-owner.entity.js';
import { AuditEventRow } from '../audit/audit-event.entity.js';
import { AuthorizationRequestRow } from '../authorization/authorization-request.entity.js';
import { Consent } from '../authorization/consent.entity.js';
import { UserSession } from '../authorization/user-session.entity.js';
import { ChangeEventRow } from '../change/change-event.entity.js';
import { DeviceAuthorizationRow } from '../device/device-authorization.entity.js';
import { FailureCount } from '../limit/failure-count.entity.js';
import { MailOutboxRow } from '../mail/mail-outbox.entity.js';
import { RegistrationRow } from '../registration/registration.entity.js';
import { ScopeLookupRow } from '../scope-lookup/scope-lookup.entity.js';
import { SigningKeyRow } from '../signing-key/signing-key.entity.js';
import { ApiKey } from '../subscription/api-key.entity.js';
import { ClientSecret } from '../subscription/client-secret.entity.js';
import { Subscription } from '../subscription/subscription.entity.js';
import { AccessToken } from '../token/access-token.entity.js';
import { AuthorizationCode } from '../token/authorization-code.entity.js';
import { RefreshToken } from '../token/refresh-token.entity.js';
import { TokenFamily } from '../token/token-family.entity.js';
import { EmailLink } from '../user/email-link.entity.js';
import { UserAccount } from '../user/user-account.entity.js';

export const entities = [
  UserAccount,
  Application,
  ApplicationOwner,
  Subscription,
  ClientSecret,
  ApiKey,
  UserSession,
  AuthorizationRequestRow,
  Consent,
  TokenFamily,
  AuthorizationCode,
  AccessToken,
  RefreshToken,
  ChangeEventRow,
  SigningKeyRow,
  AuditEventRow,
  DeviceAuthorizationRow,
  FailureCount,
  MailOutboxRow,
  EmailLink,
  RegistrationRow,
  ScopeLookupRow,
];
