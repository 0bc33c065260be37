/**
 * The certificates of the public port, by the names that they hold. Their files are looked at every two seconds: a good new set comes
 * into force for new connections, a bad one is refused whole and the old one stays.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls';
import type { CertificateFiles } from '#config/registry.js';
import { OperatorError } from '#process/environment.js';
import type { Logger } from '#process/logger.js';

const LOOK_MS = 2_000;
/** Server names whose certificate is remembered. */
const REMEMBERED_NAMES = 1_000;

/** A certificate with those between it and its authority, and its key, in PEM. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

/** What the processes of a gateway have in common: one that is started while the files are bad serves with what the others have. */
export interface SharedCertificates {
  /** Whether the port that they share speaks TLS, whatever the config has come to say; null: it is for this process to begin with. */
  readonly speaksTls: boolean | null;
  /** Those that the config named last: the others follow them where it names none any more. */
  readonly files: readonly CertificateFiles[];
  /** Those that came into force last in any of them; null: none yet. */
  readonly last: readonly PemPair[] | null;
  keep(pairs: readonly PemPair[]): void;
}

/** A gateway of one process. */
export const NO_SHARED_CERTIFICATES: SharedCertificates = { speaksTls: null, files: [], last: null, keep: () => undefined };

interface Certificate {
  readonly names: X509Certificate;
  readonly context: SecureContext;
  readonly pem: PemPair;
}

export class TlsCertificates {
  readonly #logger: Pick<Logger, 'info' | 'error'>;
  readonly #shared: SharedCertificates;
  #files: readonly CertificateFiles[];
  #certificates: readonly Certificate[] = [];
  #byName = new Map<string, SecureContext | undefined>();
  #signature = '';
  #timer: NodeJS.Timeout | null = null;
  #onDefault: (pem: PemPair) => void = () => undefined;

  constructor(files: readonly CertificateFiles[], shared: SharedCertificates, logger: Pick<Logger, 'info' | 'error'>) {
    this.#files = files.length > 0 ? files : shared.files;
    this.#shared = shared;
    this.#logger = logger;
  }

  /** Of a server that speaks TLS: HTTP/1.1 alone, 1.2 at least. */
  get serverOptions(): TlsOptions {
    return {
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: 20_000,
      SNICallback: (name, done) => done(null, this.#contextOf(name.toLowerCase())),
    };
  }

  /**
   * @param onDefault takes the certificate for clients that name no host, now and whenever it changes
   * @throws OperatorError where a certificate or its key cannot be used, and no process has any
   */
  async start(onDefault: (pem: PemPair) => void): Promise<void> {
    this.#onDefault = onDefault;
    this.#signature = await signatureOf(this.#files);
    try {
      await this.#load();
    } catch (error) {
      const { message } = error as Error;
      if (this.#shared.last === null) throw new OperatorError(message);
      this.#use(this.#shared.last.map(certificateOf));
      this.#logger.error({ error: message }, 'The certificates cannot be used; those of the other workers serve.');
    }
    this.#lookLater();
  }

  /** The config names other files. */
  follow(files: readonly CertificateFiles[]): void {
    this.#files = files;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #lookLater(): void {
    this.#timer = setTimeout(async () => {
      await this.#look();
      if (this.#timer !== null) this.#lookLater();
    }, LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const signature = await signatureOf(this.#files);
    if (signature === this.#signature) return;
    this.#signature = signature;
    try {
      await this.#load();
      this.#logger.info({ certificates: this.#files.length }, 'The certificates were read again.');
    } catch (error) {
      this.#logger.error({ error: (error as Error).message }, 'New certificates refused; those in force stay.');
    }
  }

  async #load(): Promise<void> {
    const certificates = await Promise.all(this.#files.map(readOne));
    this.#use(certificates);
    this.#shared.keep(certificates.map(({ pem }) => pem));
  }

  #use(certificates: readonly Certificate[]): void {
    this.#onDefault((certificates[0] as Certificate).pem);
    this.#certificates = certificates;
    this.#byName = new Map();
  }

  /** @returns undefined: the default one */
  #contextOf(name: string): SecureContext | undefined {
    if (this.#byName.has(name)) return this.#byName.get(name);
    const context = this.#certificates.find(({ names }) => names.checkHost(name) !== undefined)?.context;
    if (this.#byName.size < REMEMBERED_NAMES) this.#byName.set(name, context);
    return context;
  }
}

/** Differs whenever a file was written or replaced, or another one is named. */
async function signatureOf(files: readonly CertificateFiles[]): Promise<string> {
  const describe = async (path: string): Promise<string> => {
    const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error.code);
    return typeof stats === 'object' ? `${path} ${stats.ino} ${stats.size} ${stats.mtimeMs}` : `${path} ${stats}`;
  };
  return (await Promise.all(files.flatMap(({ cert, key }) => [describe(cert), describe(key)]))).join('\n');
}

/** @throws Error that says which file is wrong, and what to do */
async function readOne({ cert: certFile, key: keyFile }: CertificateFiles): Promise<Certificate> {
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}): let the gateway read it.`);
    }
  };
  const [cert, key] = [await read(certFile), await read(keyFile)];
  const tell = <T>(path: string, what: string, parse: () => T): T => {
    try {
      return parse();
    } catch {
      throw new Error(`${path} is not ${what}: put one there, in PEM.`);
    }
  };
  const names = tell(certFile, 'a certificate', () => new X509Certificate(cert));
  const privateKey = tell(keyFile, 'an unencrypted private key', () => createPrivateKey(key));
  if (!names.checkPrivateKey(privateKey)) throw new Error(`${keyFile} is not the key of ${certFile}: put the two of one pair there.`);
  if (Date.parse(names.validTo) <= Date.now()) throw new Error(`${certFile} expired on ${names.validTo}: renew it.`);
  try {
    return certificateOf({ cert, key });
  } catch (error) {
    const { reason, message } = error as Error & { readonly reason?: string };
    throw new Error(`${certFile} is refused by TLS (${reason ?? message}): put one there that is strong enough.`);
  }
}

function certificateOf(pem: PemPair): Certificate {
  return { names: new X509Certificate(pem.cert), context: createSecureContext({ ...pem, minVersion: 'TLSv1.2' }), pem };
}
