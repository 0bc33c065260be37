import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CallOutFailures } from '#installation/call-out-failures.js';
import type { Installation } from '#installation/installation.js';
import { AuditStore } from '#persistence/audit/audit.store.js';
import { EventLogStore } from '#persistence/audit/event-log.store.js';
import { AuthorizationRequestStore } from '#persistence/authorization/authorization-request.store.js';
import { ConsentStore } from '#persistence/authorization/consent.store.js';
import { SessionStore } from '#persistence/authorization/session.store.js';
import { DeviceAuthorizationStore } from '#persistence/device/device-authorization.store.js';
import { AttemptStore } from '#persistence/limit/attempt.store.js';
import { MailOutboxStore } from '#persistence/mail/mail-outbox.store.js';
import { RegistrationStore } from '#persistence/registration/registration.store.js';
import { SigningKeyStore } from '#persistence/signing-key/signing-key.store.js';
import { ClientStore } from '#persistence/subscription/client.store.js';
import { AccessTokenStore } from '#persistence/token/access-token.store.js';
import { AuthorizationCodeStore } from '#persistence/token/authorization-code.store.js';
import { ExpiredRowsStore } from '#persistence/token/expired-rows.store.js';
import { PresentedTokenStore } from '#persistence/token/presented-token.store.js';
import { RefreshTokenStore } from '#persistence/token/refresh-token.store.js';
import { TokenFamilyStore } from '#persistence/token/token-family.store.js';
import { EmailLinkStore } from '#persistence/user/email-link.store.js';
import { PersonStore } from '#persistence/user/person.store.js';
import { SIGNER_FRESHNESS } from '#signing/signing-keys.js';
import { VerificationKeys } from '#signing/verification-keys.js';
import { AccountController } from './account/account.controller.js';
import { RegistrationsController } from './account/registrations.controller.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { PersonClaims } from './claims/person-claims.js';
import { CleanUpJob } from './clean-up/clean-up-job.js';
import { ConsentController } from './consent/consent.controller.js';
import { DeviceController } from './device/device.controller.js';
import { DeviceAuthorizationController } from './device/device-authorization.controller.js';
import { ContinueController } from './dispatch/continue.controller.js';
import { FlowDispatcher } from './dispatch/flow-dispatcher.js';
import { FlowLookup } from './dispatch/flow-in-progress.js';
import { FlowStart } from './dispatch/flow-start.js';
import { HealthController } from './health.controller.js';
import { AppLogger } from './http/app-logger.js';
import { ClientAddresses } from './http/client-addresses.js';
import { ProblemFilter } from './http/problem.filter.js';
import { IntrospectionController } from './introspection/introspection.controller.js';
import { JwksController } from './issuer/jwks.controller.js';
import { MetadataController } from './issuer/metadata.controller.js';
import { ConfiguredAuthMethods } from './login/configured-auth-methods.js';
import { LoginController } from './login/login.controller.js';
import { LoginAttempts } from './login/login-attempts.js';
import { LoginPlaces } from './login/login-place.js';
import { LogoutController } from './logout/logout.controller.js';
import { MailCourier } from './mail/mail-courier.js';
import { MailSeal } from './mail/mail-seal.js';
import { HeldSigningKeys } from './openid/held-signing-keys.js';
import { UserinfoController } from './openid/userinfo.controller.js';
import { ChangePasswordController } from './people/change-password.controller.js';
import { ForgotPasswordController } from './people/forgot-password.controller.js';
import { MailLimits } from './people/mail-limits.js';
import { ResetPasswordController } from './people/reset-password.controller.js';
import { SignupController } from './people/signup.controller.js';
import { VerifyEmailController } from './people/verify-email.controller.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { ScopeDecisions } from './scope-decision/scope-decisions.js';
import { BrowserSessions } from './session/browser-sessions.js';
import { CheckedForms } from './session/checked-forms.js';
import { CsrfTokens } from './session/csrf.js';
import { ClientAuthentication } from './token/client-authentication.js';
import { grantTypes } from './token/grants/index.js';
import { GRANT_TYPES, TokenController } from './token/token.controller.js';
import { TokenEndpoint } from './token/token-endpoint.js';
import { TokenMint } from './token/token-mint.js';

const controllers = [
  AuthorizeController,
  ContinueController,
  LoginController,
  ConsentController,
  TokenController,
  RevocationController,
  IntrospectionController,
  DeviceAuthorizationController,
  DeviceController,
  MetadataController,
  JwksController,
  UserinfoController,
  AccountController,
  LogoutController,
  SignupController,
  VerifyEmailController,
  ForgotPasswordController,
  ResetPasswordController,
  ChangePasswordController,
  RegistrationController,
  RegistrationsController,
  HealthController,
];

@Module({})
class AuthServerModule {}

/** Composes the app from an open installation. */
export function authServerModule({ registry, dataSource, rootSecret, logger, callOuts }: Installation): DynamicModule {
  const clients = new ClientStore(dataSource);
  const requests = new AuthorizationRequestStore(dataSource);
  const consents = new ConsentStore(dataSource);
  const sessionStore = new SessionStore(dataSource);
  const codes = new AuthorizationCodeStore(dataSource);
  const refreshTokens = new RefreshTokenStore(dataSource);
  const accessTokens = new AccessTokenStore(dataSource);
  const families = new TokenFamilyStore(dataSource);
  const audit = new AuditStore(dataSource);
  const people = new PersonStore(dataSource);
  const methods = new ConfiguredAuthMethods(registry, people);
  const limits = new AttemptStore(dataSource);
  const clientAuthentication = new ClientAuthentication(clients, limits);
  const attempts = new LoginAttempts({ attempts: limits, people, logger });
  const flows = new FlowLookup(registry, requests, clients);
  const csrf = new CsrfTokens(rootSecret);
  const mailSeal = new MailSeal(rootSecret);
  const registrations = new RegistrationStore(dataSource);
  const personClaims = new PersonClaims(people, registrations, registry);
  const signingKeys = new SigningKeyStore(dataSource);
  const keys = new HeldSigningKeys(registry, signingKeys, rootSecret, logger);
  const mint = new TokenMint(registry, keys, personClaims);
  const devices = new DeviceAuthorizationStore(dataSource);
  const sessions = new BrowserSessions(registry, sessionStore);
  const addresses = new ClientAddresses(registry);
  const failures = new CallOutFailures('passthroughScopeUrl', dataSource, logger);
  const decisions = new ScopeDecisions({ callOuts, failures, claims: personClaims, logger });
  const dispatcher = new FlowDispatcher(registry, requests, consents, registrations, decisions, { codes, families, devices, mint }, logger);
  const grants = grantTypes({
    codes,
    refreshTokens,
    accessTokens,
    families,
    devices,
    mint,
    methods,
    attempts,
    decisions,
    audit,
    registrations,
    registry,
    logger,
  });
  const values = [
    registry,
    clients,
    requests,
    consents,
    sessionStore,
    accessTokens,
    families,
    new PresentedTokenStore(dataSource),
    new AppLogger(logger),
    addresses,
    devices,
    limits,
    registrations,
    people,
    new EmailLinkStore(dataSource),
    new MailLimits(limits, addresses),
    clientAuthentication,
    new LoginPlaces(registry, methods, flows, sessions),
    new CheckedForms(sessions, csrf),
    mailSeal,
    new MailCourier(registry, new MailOutboxStore(dataSource), mailSeal, logger),
    sessions,
    keys,
    personClaims,
    new VerificationKeys(signingKeys, SIGNER_FRESHNESS),
    csrf,
    methods,
    attempts,
    flows,
    dispatcher,
    new TokenEndpoint({ registry, clients: clientAuthentication, grants, addresses, logger }),
    new FlowStart({ requests, sessions, dispatcher, addresses }),
    new CleanUpJob(new ExpiredRowsStore(dataSource), new EventLogStore(dataSource), signingKeys, registry, logger),
  ];
  const providers: Provider[] = [
    ...values.map((value) => ({ provide: value.constructor, useValue: value })),
    { provide: GRANT_TYPES, useValue: grants },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ];
  return { module: AuthServerModule, controllers, providers };
}
