/** Everything that the pages say, in English. Braces name what a page puts in their place. */
export const en = {
  skipToContent: 'Skip to content',

  login: {
    title: 'Log in',
    toAccount: 'To see your account, log in with “{method}”.',
    toApplication: 'To go on to {application}, log in with “{method}”.',
    failedTitle: 'That did not work',
    /** One message for whatever was wrong: it must not tell who has an account. */
    failed:
      'E-mail address or password is not right, or the account may not log in. After many attempts, wait a quarter of an hour or set a new password.',
    email: 'E-mail address',
    password: 'Password',
    submit: 'Log in',
    signUp: 'Create an account',
    forgotPassword: 'Forgotten your password?',
    verified: 'Your e-mail address is confirmed. Log in with your password.',
    passwordSet: 'Your new password is set. Log in with it.',
  },

  newPassword: {
    label: 'New password',
    hint: (least: number) => `At least ${least} characters. Several words are good; signs and digits are not needed.`,
    faults: {
      'too-short': 'It is too short.',
      'too-long': 'It is too long: 256 characters at most.',
      common: 'It is one of the passwords that are tried first. Choose another.',
      'is-email': 'It is your e-mail address. Choose another.',
    },
  },

  signup: {
    title: 'Create an account',
    lead: (site: string) => `With an account at ${site} you decide which applications may act for you.`,
    submit: 'Create an account',
    haveAccount: 'I have an account already',
    emailInvalid: 'This is no e-mail address.',
    done: (email: string) => ({
      title: 'Look into your mailbox',
      explanation: `We sent a mail to ${email}. Follow the link in it within a day to confirm that the address is yours.`,
    }),
  },

  verifyEmail: {
    title: 'Confirm your e-mail address',
    lead: (email: string) => `An account was created for ${email}. Confirm only if that was you.`,
    submit: 'Confirm',
  },

  forgotPassword: {
    title: 'Set a new password',
    lead: 'Tell us your e-mail address. We send you a link by which you set a new password.',
    submit: 'Send the link',
    back: 'Back to the login',
    done: {
      title: 'Look into your mailbox',
      explanation: 'If there is an account with this address, a mail is on its way to it. The link in it works for an hour.',
    },
  },

  resetPassword: {
    title: 'Set a new password',
    lead: (email: string) => `For ${email}. Every login and every application that used the old password is logged out.`,
    submit: 'Set the password',
  },

  changePassword: {
    title: 'Change your password',
    lead: 'You are logged out everywhere else, and applications that act for you must ask you again.',
    mustLead: 'You must choose a new password before you go on.',
    current: 'Current password',
    wrong: 'This is not your password, or there were too many attempts. Wait a while, or set a new password by mail.',
    same: 'It is the old one. Choose another.',
    submit: 'Change the password',
    back: 'Back to your account',
  },

  registration: {
    lead: (api: string) => `${api} asks for this once. You can change it later, on the page of your account.`,
    editLead: (namespace: string) =>
      namespace === '' ? 'What applications may know of you.' : `For ${namespace}: what applications may know of you.`,
    optional: 'optional',
    submit: 'Save',
    faults: {
      missing: (_least: number, _most: number) => 'Please fill this in.',
      'too-short': (least: number, _most: number) => `It must have at least ${least} characters.`,
      'too-long': (_least: number, most: number) => `It must have at most ${most} characters.`,
      malformed: (_least: number, _most: number) => 'It must be one line of text.',
    },
    choose: 'For whom do you go on?',
    chooseLead: (pool: string) => `You are registered several times with “${pool}”. Choose for which you go on.`,
  },

  mails: {
    confirmation: (site: string) => ({
      subject: `${site}: confirm your e-mail address`,
      lines: [
        `Somebody, probably you, created an account with this e-mail address at ${site}.`,
        'If it was you, confirm the address within a day. If not, you need not do anything.',
      ],
      action: 'Confirm the address',
    }),
    alreadyThere: (site: string) => ({
      subject: `${site}: you have an account already`,
      lines: [
        `Somebody, probably you, wanted to create an account with this e-mail address at ${site}. There is one already.`,
        'If you have forgotten your password, set a new one. If it was not you, you need not do anything.',
      ],
      action: 'Set a new password',
    }),
    reset: (site: string) => ({
      subject: `${site}: set a new password`,
      lines: [
        `Somebody, probably you, asked for a new password for your account at ${site}.`,
        'The link works once, for an hour. If it was not you, you need not do anything.',
      ],
      action: 'Set a new password',
    }),
    declared: (site: string) => ({
      subject: `${site}: your password`,
      lines: [
        `Somebody, probably you, asked for a new password for your account at ${site}.`,
        'Your account is kept by those who run the site: only they can give you a new password.',
      ],
    }),
    passwordChanged: (site: string) => ({
      subject: `${site}: your password was changed`,
      lines: [
        `The password of your account at ${site} was changed just now.`,
        'If it was not you, set a new one at once by “Forgotten your password?” on the login page.',
      ],
    }),
  },

  consent: {
    title: (application: string) => `Allow ${application}?`,
    wants: '{application} wants to use {api} in your name.',
    noScopes: 'It asks for no special rights.',
    scopes: 'It asks to:',
    /** Scopes that say who the person is. */
    identity: {
      openid: 'Know who you are',
      profile: 'See your profile',
      email: 'See your e-mail address',
      phone: 'See your telephone number',
      address: 'See your address',
    } as Record<string, string>,
    youAre: 'You are',
    youGoTo: 'You go on to',
    appOnDevice: (scheme: string) => `an app on this device (${scheme})`,
    allow: 'Allow',
    deny: 'Deny',
    someoneElse: 'Log in as someone else',
    deviceTitle: (code: string) => `Does your device show ${code}?`,
    deviceHint:
      'You let in a device that shows this code. Allow it only if you started this yourself, and have the device before you. If somebody sent you the code or a link, deny it: they would use your account.',
  },

  device: {
    title: 'Connect a device',
    explanation: 'Type the code that your device shows.',
    code: 'Code',
    compare: 'Go on only if you started this yourself and the device before you shows the same code.',
    submit: 'Continue',
    unknown: 'There is no device with this code. Compare it with the device; codes work for ten minutes.',
    tooManyTries: { title: 'Too many tries', explanation: 'Wait ten minutes and try again.' },
    connected: { title: 'Your device is connected', explanation: 'You can close this page and go on at the device.' },
    denied: { title: 'The device was not let in', explanation: 'Access was refused. You can close this page.' },
    failed: { title: 'The device was not let in', explanation: 'It waited too long, or something went wrong. Begin again at the device.' },
  },

  account: {
    title: 'Your account',
    loggedInAs: 'You are logged in as {email}.',
    applications: 'Applications that act for you',
    noApplications: 'You have allowed no application anything.',
    mayUse: (api: string, since: string) => `May use ${api} in your name, since ${since}.`,
    revoke: 'Revoke',
    registrations: 'What you told about yourself',
    edit: 'Change',
    sessions: 'Where you are logged in',
    thisBrowser: 'This browser',
    session: (since: string, until: string) => `Since ${since}, until ${until} at the latest.`,
    endSession: 'End',
    logOut: 'Log out',
    changePassword: 'Change your password',
    passwordDeclared: 'Your account is kept by those who run this site: only they can change it.',
    loginTitle: 'Log in to your account',
    howToLogIn: 'How do you log in?',
  },

  logout: {
    title: 'Log out',
    question: 'Log out?',
    explanation: 'This ends your login in this browser. Applications keep the access that you gave them.',
    submit: 'Log out',
    done: { title: 'You are logged out', explanation: 'Goodbye.' },
    unregistered: 'The address to which the application wanted to send you on (post_logout_redirect_uri) is not registered for it.',
    remaining: (methods: string) => `In this browser you are still logged in by: ${methods}.`,
    submitAll: 'Log out there too',
  },

  errors: {
    applicationCannotLogIn: 'This application cannot log you in',
    unknownClient: (api: string) => `The application that sent you here (client_id) is not known at ${api}.`,
    unregisteredRedirect: 'The address that it asks you to be sent back to (redirect_uri) is not registered for it.',
    parameterMissing: (name: string) => `The parameter ${name} is missing.`,
    parameterRepeated: (name: string) => `The parameter ${name} is repeated.`,
    parameterMalformed: (name: string) => `The parameter ${name} is malformed.`,
    noIssuer: { title: 'Nothing is here', explanation: 'There is no such API, or people cannot log in to it in this way.' },
    noAuthMethod: { title: 'Nothing is here', explanation: 'There is no such way to log in.' },
    methodNotAllowed: { title: 'That cannot be done here', explanation: 'The authorization endpoint answers GET and POST.' },
    flowUnknown: {
      title: 'This login cannot go on',
      explanation:
        'It took too long, was begun in another browser, or cookies are switched off. Go back to the application and log in again.',
    },
    flowChanged: {
      title: 'This login cannot go on',
      explanation: 'The application or the API was changed meanwhile. Go back and log in again.',
    },
    flowComplete: { title: 'This login is complete', explanation: 'You can close this page and go on in the application.' },
    logoutNotOurs: {
      title: 'You are still logged in',
      explanation:
        'The application that sent you here asked in a way that we cannot believe (id_token_hint). Your account page logs you out.',
    },
    formExpired: {
      title: 'This form has expired',
      explanation: 'Go back, reload the page and try again. Cookies must be switched on.',
    },
    noSignup: { title: 'Nothing is here', explanation: 'You cannot create an account here yourself.' },
    noPasswords: { title: 'Nothing is here', explanation: 'Your password is not kept here.' },
    passwordDeclared: {
      title: 'Your password cannot be changed here',
      explanation: 'Your account is kept by those who run this site: only they can change it.',
    },
    noRegistration: { title: 'Nothing is here', explanation: 'You are not registered here, or not logged in.' },
    linkGone: {
      title: 'This link does not work any more',
      explanation: 'It was used already, is too old, or is not complete. Ask for a new one.',
    },
    tooManyMails: { title: 'That was too often', explanation: 'Too many mails were asked for from your address. Try again in an hour.' },
    formTooLarge: { title: 'This form could not be read', explanation: 'It is too large.' },
    formNotText: { title: 'This form could not be read', explanation: 'It is not UTF-8 text.' },
    formNotEncoded: { title: 'This form could not be read', explanation: 'It must be form-urlencoded.' },
    unavailable: (id: string) => ({
      title: 'Please try again in a moment',
      explanation: `We cannot answer right now. The error has the id ${id}.`,
    }),
    unexpected: (id: string) => ({ title: 'Something went wrong', explanation: `It is not your fault. The error has the id ${id}.` }),
  },
};

/** The texts that every language must have. */
export type Wording = typeof en;
