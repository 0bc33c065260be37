/** A mail server for tests: takes mails over SMTP and keeps them. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { until } from './installation.js';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, headers and body. */
  readonly raw: string;
  readonly headers: ReadonlyMap<string, string>;
  /** The first part, decoded. */
  readonly text: string;
  /** The first link in the text. */
  readonly link: string | null;
}

export interface MailServer {
  readonly url: string;
  readonly mails: ReceivedMail[];
  /** What the server does with the next mails: takes them, is busy (4yz), refuses (5yz) or says nothing at all. */
  mood: 'take' | 'busy' | 'refuse' | 'silent';
  /** How often somebody began to send. */
  readonly attempts: () => number;
  /** Waits for the mail to a person, the newest where there are several. @param after number of mails to pass over */
  mailTo(email: string, after?: number): Promise<ReceivedMail>;
  stop(): Promise<void>;
}

export async function startMailServer(port = 0): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  let attempts = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onRcptTo: (_address, _session, done) => {
      attempts += 1;
      if (own.mood === 'silent') return;
      if (own.mood === 'take') done();
      else done(Object.assign(new Error(own.mood), { responseCode: own.mood === 'busy' ? 451 : 550 }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push(
          readMail(
            mailFrom === false ? '' : (mailFrom?.address ?? ''),
            rcptTo.map(({ address }) => address),
            Buffer.concat(chunks),
          ),
        );
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', () => done()));
  const own: MailServer = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    mood: 'take',
    attempts: () => attempts,
    async mailTo(email, after = 0) {
      const found = () => mails.filter((mail) => mail.to.includes(email));
      await until(() => found().length > after, `a mail to ${email}`, 10_000);
      return found().at(-1) as ReceivedMail;
    },
    stop: () => new Promise((done) => server.close(() => done())),
  };
  return own;
}

function readMail(from: string, to: readonly string[], bytes: Buffer): ReceivedMail {
  const raw = bytes.toString('utf8');
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const part = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(raw)?.[0] ?? raw;
  const body = part.slice(part.indexOf('\r\n\r\n') + 4);
  const text = /quoted-printable/i.test(part.slice(0, part.indexOf('\r\n\r\n'))) ? decodeQuotedPrintable(body) : body;
  return { from, to, raw, headers, text, link: /https?:\/\/\S+/.exec(text)?.[0] ?? null };
}

function decodeQuotedPrintable(text: string): string {
  const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
