/** A connection over TLS, ready for whichever protocol both ends agree on. Go: http Transport.dialConn */
import type { LookupFunction } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { PintleError } from '../../errors.ts';
import type { Url } from '../../go/url.ts';
import type { TlsSettings } from './endpoint.ts';
import { type Connection, endText, transportFault } from './errors.ts';
import { peerCertificate } from './peer-certificate.ts';

/** Where to connect to, and how. Requests with one key may share a connection. */
export interface Way {
  readonly key: string;
  readonly host: string;
  readonly port: string;
  /** Whom to expect there. */
  readonly name: string;
  readonly servername: string;
  readonly proxy: Url | undefined;
  readonly lookup: LookupFunction;
  settings(): Promise<TlsSettings>;
}

/** Go: clientcmd's dialer */
const DIAL_TIMEOUT = 30_000;
/** Go: http.DefaultTransport */
const HANDSHAKE_TIMEOUT = 10_000;
/** How long an address is tried before the next one is, too. */
const NEXT_ADDRESS = 1_000;

/** @throws PintleError NETWORK_FAILED with Go's text */
export async function connectTls(way: Way, protocols: readonly string[]): Promise<TLSSocket> {
  const state: State = { host: way.name, ends: '', toProxy: false, answered: false, maxHeader: 0 };
  try {
    const socket = connect({ ...(await connectionOptions(way)), ALPNProtocols: [...protocols] });
    return await secured(socket, way, state);
  } catch (error) {
    throw transportFault(error, state);
  }
}

type State = { -readonly [K in keyof Connection]: Connection[K] };

async function connectionOptions(way: Way): Promise<ConnectionOptions & { autoSelectFamilyAttemptTimeout?: number }> {
  const { host, port, servername, lookup, proxy } = way;
  const settings = await way.settings();
  // Where there is no name to announce, Node checks the certificate against the host.
  const options = { ...settings, servername, host };
  if (proxy === undefined) {
    return { ...options, port: Number(port), lookup, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS };
  }
  const { openTunnel } = await import('./tunnel.ts');
  return { ...options, socket: await openTunnel(proxy, { host, port, ...settings }) };
}

/** Waits for the handshake. */
function secured(socket: TLSSocket, { host, port, proxy }: Way, state: State): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const late = (text: string) => () => fail(new PintleError('NETWORK_FAILED', text));
    const address = host.includes(':') ? `[${host}]` : host;
    let timer = setTimeout(late(`dial tcp ${address}:${port}: i/o timeout`), DIAL_TIMEOUT);
    const startHandshake = (): void => {
      clearTimeout(timer);
      timer = setTimeout(late('net/http: TLS handshake timeout'), HANDSHAKE_TIMEOUT);
      // Where it is reset at once there is no other end any more.
      const { localAddress, localPort, remoteAddress = host, remotePort = Number(port) } = socket;
      state.ends = `${endText(localAddress, localPort)}->${endText(remoteAddress, remotePort)}`;
    };
    socket.on('error', fail);
    socket.on('close', () => fail(new PintleError('NETWORK_FAILED', 'EOF')));
    if (proxy === undefined) socket.once('connect', startHandshake);
    else startHandshake();
    // Before Node looks at the certificate, and throws it away if it does not like it.
    socket.prependOnceListener('secure', () => {
      state.certificate = peerCertificate(socket);
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', fail).removeAllListeners('close');
      resolve(socket);
    });
  });
}
