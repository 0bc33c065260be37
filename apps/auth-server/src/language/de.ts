/** Alles, was die Seiten sagen, auf Deutsch. */
import type { Wording } from './en.js';

export const de: Wording = {
  skipToContent: 'Zum Inhalt springen',

  login: {
    title: 'Anmelden',
    toAccount: 'Um Ihr Konto zu sehen, melden Sie sich mit „{method}“ an.',
    toApplication: 'Um mit {application} fortzufahren, melden Sie sich mit „{method}“ an.',
    failedTitle: 'Das hat nicht geklappt',
    failed:
      'E-Mail-Adresse oder Passwort stimmt nicht, oder das Konto darf sich nicht anmelden. Warten Sie nach vielen Versuchen eine Viertelstunde, oder setzen Sie ein neues Passwort.',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    submit: 'Anmelden',
    signUp: 'Konto anlegen',
    forgotPassword: 'Passwort vergessen?',
    verified: 'Ihre E-Mail-Adresse ist bestätigt. Melden Sie sich mit Ihrem Passwort an.',
    passwordSet: 'Ihr neues Passwort gilt. Melden Sie sich damit an.',
  },

  newPassword: {
    label: 'Neues Passwort',
    hint: (least) => `Mindestens ${least} Zeichen. Mehrere Wörter sind gut; Sonderzeichen und Ziffern sind nicht nötig.`,
    faults: {
      'too-short': 'Es ist zu kurz.',
      'too-long': 'Es ist zu lang: höchstens 256 Zeichen.',
      common: 'Es gehört zu den Passwörtern, die zuerst probiert werden. Wählen Sie ein anderes.',
      'is-email': 'Es ist Ihre E-Mail-Adresse. Wählen Sie ein anderes.',
    },
  },

  signup: {
    title: 'Konto anlegen',
    lead: (site) => `Mit einem Konto bei ${site} entscheiden Sie, welche Anwendungen für Sie handeln dürfen.`,
    submit: 'Konto anlegen',
    haveAccount: 'Ich habe schon ein Konto',
    emailInvalid: 'Das ist keine E-Mail-Adresse.',
    done: (email) => ({
      title: 'Sehen Sie in Ihr Postfach',
      explanation: `Wir haben eine E-Mail an ${email} geschickt. Folgen Sie dem Link darin innerhalb eines Tages, um zu bestätigen, dass die Adresse Ihnen gehört.`,
    }),
  },

  verifyEmail: {
    title: 'E-Mail-Adresse bestätigen',
    lead: (email) => `Für ${email} wurde ein Konto angelegt. Bestätigen Sie nur, wenn Sie das waren.`,
    submit: 'Bestätigen',
  },

  forgotPassword: {
    title: 'Neues Passwort setzen',
    lead: 'Nennen Sie uns Ihre E-Mail-Adresse. Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort setzen.',
    submit: 'Link schicken',
    back: 'Zurück zur Anmeldung',
    done: {
      title: 'Sehen Sie in Ihr Postfach',
      explanation: 'Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail dorthin unterwegs. Der Link darin gilt eine Stunde.',
    },
  },

  resetPassword: {
    title: 'Neues Passwort setzen',
    lead: (email) => `Für ${email}. Überall, wo das alte Passwort benutzt wurde, werden Sie und Ihre Anwendungen abgemeldet.`,
    submit: 'Passwort setzen',
  },

  changePassword: {
    title: 'Passwort ändern',
    lead: 'Sie werden überall sonst abgemeldet, und Anwendungen, die für Sie handeln, müssen Sie neu fragen.',
    mustLead: 'Sie müssen ein neues Passwort wählen, bevor es weitergeht.',
    current: 'Bisheriges Passwort',
    wrong: 'Das ist nicht Ihr Passwort, oder es waren zu viele Versuche. Warten Sie etwas, oder setzen Sie per E-Mail ein neues.',
    same: 'Es ist das alte. Wählen Sie ein anderes.',
    submit: 'Passwort ändern',
    back: 'Zurück zum Konto',
  },

  registration: {
    lead: (api) => `${api} fragt einmal danach. Sie können es später auf der Seite Ihres Kontos ändern.`,
    editLead: (namespace) =>
      namespace === '' ? 'Was Anwendungen über Sie wissen dürfen.' : `Für ${namespace}: was Anwendungen über Sie wissen dürfen.`,
    optional: 'freiwillig',
    submit: 'Speichern',
    faults: {
      missing: () => 'Bitte füllen Sie das aus.',
      'too-short': (least) => `Es müssen mindestens ${least} Zeichen sein.`,
      'too-long': (_least, most) => `Es dürfen höchstens ${most} Zeichen sein.`,
      malformed: () => 'Es muss eine Zeile Text sein.',
    },
    choose: 'Für wen geht es weiter?',
    chooseLead: (pool) => `Sie sind bei „${pool}“ mehrfach eingetragen. Wählen Sie, für welchen Eintrag es weitergeht.`,
  },

  mails: {
    confirmation: (site) => ({
      subject: `${site}: Bestätigen Sie Ihre E-Mail-Adresse`,
      lines: [
        `Jemand, vermutlich Sie, hat mit dieser E-Mail-Adresse ein Konto bei ${site} angelegt.`,
        'Wenn Sie es waren, bestätigen Sie die Adresse innerhalb eines Tages. Wenn nicht, müssen Sie nichts tun.',
      ],
      action: 'Adresse bestätigen',
    }),
    alreadyThere: (site) => ({
      subject: `${site}: Sie haben schon ein Konto`,
      lines: [
        `Jemand, vermutlich Sie, wollte mit dieser E-Mail-Adresse ein Konto bei ${site} anlegen. Es gibt schon eines.`,
        'Wenn Sie Ihr Passwort vergessen haben, setzen Sie ein neues. Wenn Sie es nicht waren, müssen Sie nichts tun.',
      ],
      action: 'Neues Passwort setzen',
    }),
    reset: (site) => ({
      subject: `${site}: Neues Passwort setzen`,
      lines: [
        `Jemand, vermutlich Sie, hat für Ihr Konto bei ${site} ein neues Passwort verlangt.`,
        'Der Link gilt einmal und eine Stunde lang. Wenn Sie es nicht waren, müssen Sie nichts tun.',
      ],
      action: 'Neues Passwort setzen',
    }),
    declared: (site) => ({
      subject: `${site}: Ihr Passwort`,
      lines: [
        `Jemand, vermutlich Sie, hat für Ihr Konto bei ${site} ein neues Passwort verlangt.`,
        'Ihr Konto wird von den Betreibern geführt: Nur sie können Ihnen ein neues Passwort geben.',
      ],
    }),
    passwordChanged: (site) => ({
      subject: `${site}: Ihr Passwort wurde geändert`,
      lines: [
        `Das Passwort Ihres Kontos bei ${site} wurde soeben geändert.`,
        'Wenn Sie es nicht waren, setzen Sie sofort ein neues, über „Passwort vergessen?“ auf der Anmeldeseite.',
      ],
    }),
  },

  consent: {
    title: (application) => `${application} erlauben?`,
    wants: '{application} möchte {api} in Ihrem Namen verwenden.',
    noScopes: 'Es werden keine besonderen Rechte verlangt.',
    scopes: 'Verlangt werden diese Rechte:',
    identity: {
      openid: 'Wissen, wer Sie sind',
      profile: 'Ihr Profil sehen',
      email: 'Ihre E-Mail-Adresse sehen',
      phone: 'Ihre Telefonnummer sehen',
      address: 'Ihre Anschrift sehen',
    },
    youAre: 'Sie sind',
    youGoTo: 'Weiter geht es zu',
    appOnDevice: (scheme) => `einer App auf diesem Gerät (${scheme})`,
    allow: 'Erlauben',
    deny: 'Ablehnen',
    someoneElse: 'Als jemand anderes anmelden',
    deviceTitle: (code) => `Zeigt Ihr Gerät ${code}?`,
    deviceHint:
      'Sie lassen ein Gerät ein, das diesen Code zeigt. Erlauben Sie es nur, wenn Sie das selbst begonnen haben und das Gerät vor sich haben. Hat Ihnen jemand den Code oder einen Link geschickt, lehnen Sie ab: Er würde Ihr Konto benutzen.',
  },

  device: {
    title: 'Gerät verbinden',
    explanation: 'Geben Sie den Code ein, den Ihr Gerät zeigt.',
    code: 'Code',
    compare: 'Fahren Sie nur fort, wenn Sie das selbst begonnen haben und das Gerät vor Ihnen denselben Code zeigt.',
    submit: 'Weiter',
    unknown: 'Es gibt kein Gerät mit diesem Code. Vergleichen Sie ihn mit dem Gerät; Codes gelten zehn Minuten.',
    tooManyTries: { title: 'Zu viele Versuche', explanation: 'Warten Sie zehn Minuten und versuchen Sie es noch einmal.' },
    connected: { title: 'Ihr Gerät ist verbunden', explanation: 'Sie können diese Seite schließen und am Gerät weitermachen.' },
    denied: { title: 'Das Gerät wurde nicht eingelassen', explanation: 'Der Zugang wurde verweigert. Sie können diese Seite schließen.' },
    failed: {
      title: 'Das Gerät wurde nicht eingelassen',
      explanation: 'Es hat zu lange gewartet, oder etwas ist schiefgegangen. Beginnen Sie am Gerät von vorn.',
    },
  },

  account: {
    title: 'Ihr Konto',
    loggedInAs: 'Sie sind als {email} angemeldet.',
    applications: 'Anwendungen, die für Sie handeln',
    noApplications: 'Sie haben keiner Anwendung etwas erlaubt.',
    mayUse: (api, since) => `Darf ${api} in Ihrem Namen verwenden, seit ${since}.`,
    revoke: 'Widerrufen',
    registrations: 'Was Sie über sich angegeben haben',
    edit: 'Ändern',
    sessions: 'Wo Sie angemeldet sind',
    thisBrowser: 'Dieser Browser',
    session: (since, until) => `Seit ${since}, längstens bis ${until}.`,
    endSession: 'Beenden',
    logOut: 'Abmelden',
    changePassword: 'Passwort ändern',
    passwordDeclared: 'Ihr Konto wird von den Betreibern geführt: Nur sie können es ändern.',
    loginTitle: 'Am Konto anmelden',
    howToLogIn: 'Wie möchten Sie sich anmelden?',
  },

  logout: {
    title: 'Abmelden',
    question: 'Abmelden?',
    explanation: 'Das beendet Ihre Anmeldung in diesem Browser. Anwendungen behalten den Zugriff, den Sie ihnen gegeben haben.',
    submit: 'Abmelden',
    done: { title: 'Sie sind abgemeldet', explanation: 'Auf Wiedersehen.' },
    unregistered: 'Die Adresse, an die Sie die Anwendung weiterschicken wollte (post_logout_redirect_uri), ist für sie nicht eingetragen.',
    remaining: (methods) => `In diesem Browser sind Sie noch angemeldet mit: ${methods}.`,
    submitAll: 'Auch dort abmelden',
  },

  errors: {
    applicationCannotLogIn: 'Diese Anwendung kann Sie nicht anmelden',
    unknownClient: (api) => `Die Anwendung, die Sie hierher geschickt hat (client_id), ist bei ${api} nicht bekannt.`,
    unregisteredRedirect: 'Die Adresse, an die Sie zurückgeschickt werden sollen (redirect_uri), ist für die Anwendung nicht eingetragen.',
    parameterMissing: (name) => `Der Parameter ${name} fehlt.`,
    parameterRepeated: (name) => `Der Parameter ${name} kommt mehrfach vor.`,
    parameterMalformed: (name) => `Der Parameter ${name} ist nicht lesbar.`,
    noIssuer: {
      title: 'Hier ist nichts',
      explanation: 'Es gibt diese API nicht, oder man kann sich bei ihr nicht auf diesem Weg anmelden.',
    },
    noAuthMethod: { title: 'Hier ist nichts', explanation: 'Diesen Weg zur Anmeldung gibt es nicht.' },
    methodNotAllowed: { title: 'Das geht hier nicht', explanation: 'Diese Adresse beantwortet GET und POST.' },
    flowUnknown: {
      title: 'Diese Anmeldung kann nicht fortgesetzt werden',
      explanation:
        'Sie hat zu lange gedauert, wurde in einem anderen Browser begonnen, oder Cookies sind ausgeschaltet. Gehen Sie zurück zur Anwendung und melden Sie sich neu an.',
    },
    flowChanged: {
      title: 'Diese Anmeldung kann nicht fortgesetzt werden',
      explanation: 'Die Anwendung oder die API wurde inzwischen geändert. Gehen Sie zurück und melden Sie sich neu an.',
    },
    flowComplete: {
      title: 'Diese Anmeldung ist abgeschlossen',
      explanation: 'Sie können diese Seite schließen und in der Anwendung weitermachen.',
    },
    logoutNotOurs: {
      title: 'Sie sind noch angemeldet',
      explanation:
        'Die Anwendung, die Sie hierher geschickt hat, hat auf eine Weise gefragt, die wir nicht glauben können (id_token_hint). Auf der Seite Ihres Kontos können Sie sich abmelden.',
    },
    formExpired: {
      title: 'Dieses Formular ist abgelaufen',
      explanation: 'Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal. Cookies müssen eingeschaltet sein.',
    },
    noSignup: { title: 'Hier ist nichts', explanation: 'Hier können Sie nicht selbst ein Konto anlegen.' },
    noPasswords: { title: 'Hier ist nichts', explanation: 'Ihr Passwort wird nicht hier geführt.' },
    passwordDeclared: {
      title: 'Ihr Passwort kann hier nicht geändert werden',
      explanation: 'Ihr Konto wird von den Betreibern geführt: Nur sie können es ändern.',
    },
    noRegistration: { title: 'Hier ist nichts', explanation: 'Sie sind hier nicht eingetragen oder nicht angemeldet.' },
    linkGone: {
      title: 'Dieser Link gilt nicht mehr',
      explanation: 'Er wurde schon benutzt, ist zu alt oder nicht vollständig. Fordern Sie einen neuen an.',
    },
    tooManyMails: {
      title: 'Das war zu oft',
      explanation: 'Von Ihrer Adresse aus wurden zu viele E-Mails verlangt. Versuchen Sie es in einer Stunde wieder.',
    },
    formTooLarge: { title: 'Dieses Formular ist nicht lesbar', explanation: 'Es ist zu groß.' },
    formNotText: { title: 'Dieses Formular ist nicht lesbar', explanation: 'Es ist kein UTF-8-Text.' },
    formNotEncoded: { title: 'Dieses Formular ist nicht lesbar', explanation: 'Es muss form-urlencoded sein.' },
    unavailable: (id) => ({
      title: 'Bitte versuchen Sie es gleich noch einmal',
      explanation: `Wir können gerade nicht antworten. Der Fehler hat die Kennung ${id}.`,
    }),
    unexpected: (id) => ({ title: 'Etwas ist schiefgegangen', explanation: `Es liegt nicht an Ihnen. Der Fehler hat die Kennung ${id}.` }),
  },
};
