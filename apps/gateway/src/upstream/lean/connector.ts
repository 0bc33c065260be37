/** Opens connections to one target: name, address, certificates. */
import { lookup as resolveName } from 'node:dns';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { UpstreamTls } from '#config/registry.js';
import { type BytesTaker, PlainReads } from './plain-reads.js';
import { spreadLookup } from './spread-lookup.js';

export interface ConnectorOptions {
  readonly origin: string;
  readonly tls: UpstreamTls | null;
}

/** Begins a connection. */
export type Connect = (taker: BytesTaker) => Socket;

/** @returns begins a connection; its host's name is resolved anew each time, and of both families of addresses the quicker one is taken */
export function connector({ origin, tls }: ConnectorOptions, lookup: typeof resolveName = resolveName): Connect {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const address = { host, port: Number(port || (secure ? 443 : 80)), noDelay: true, autoSelectFamily: true, lookup: spreadLookup(lookup) };
  if (!secure) {
    // Without a stream between, and without a buffer for each read.
    return (taker) => connectPlain({ ...address, onread: new PlainReads(taker) });
  }
  const options = {
    ...address,
    secureContext: createSecureContext({
      ...(tls?.ca && { ca: tls.ca }),
      ...(tls?.identity && { cert: tls.identity.cert, key: tls.identity.key.reveal() }),
    }),
    // The certificate is checked against the configured name, whatever the Host field says.
    servername: tls?.serverName ?? (isIP(host) === 0 ? host : ''),
    // Said here, so that no variable of the environment can turn it off.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  };
  let last: Buffer | undefined;
  return (taker) => {
    const socket = connectTls({ ...options, ...(last && { session: last }) });
    socket.on('data', (bytes) => taker.take(bytes, bytes.length, true));
    socket.on('session', (session) => {
      last = session;
    });
    return socket;
  };
}
