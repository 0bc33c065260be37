import type { Request, Response } from 'express';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import type { PasswordAuthMethod, VerificationOutcome } from '#auth-methods/auth-method.js';

/** What the strategy says when name or password is missing from the form. */
const INCOMPLETE: VerificationOutcome = { verified: false, reason: 'wrong-password' };

/**
 * Runs passport's local strategy over a login form and turns its callbacks into one outcome.
 * @param form what the person typed
 * @throws Error when the person could not be looked up
 */
export function verifyLoginForm(
  method: PasswordAuthMethod,
  form: { readonly email: string; readonly password: string },
  request: Request,
  response: Response,
): Promise<VerificationOutcome> {
  const strategy = new LocalStrategy({ usernameField: 'email', passwordField: 'password', session: false }, (email, password, done) => {
    method.verifyPassword(email, password).then(
      (outcome) => done(null, outcome.verified ? outcome : false, outcome as never),
      (error: unknown) => done(error),
    );
  });
  request.body = form;
  return new Promise((resolve, reject) => {
    const finish = (error: unknown, verified: VerificationOutcome | false, outcome?: VerificationOutcome): void => {
      if (error) reject(error);
      else resolve(verified || (outcome?.verified === false && 'reason' in outcome ? outcome : INCOMPLETE));
    };
    passport.authenticate(strategy, { session: false }, finish as never)(request, response, reject);
  });
}
