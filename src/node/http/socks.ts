/** Connections through a SOCKS 5 proxy (RFC 1928, RFC 1929), which looks names up itself, as in Go. */
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { PintleError } from '../../errors.ts';
import { encodeBytes } from '../../go/bytes.ts';
import { ipBytes } from '../../go/ip-bytes.ts';
import { hostname, port, type Url } from '../../go/url.ts';
import { IdleError } from './errors.ts';
import { lookupFor } from './lookup.ts';
import { asciiHost } from './proxy.ts';

/** How long the proxy may say nothing, in milliseconds. */
const PATIENCE = 60_000;

const VERSION = 5;
const NO_AUTH = 0;
const PASSWORD = 2;
const CONNECT = 1;
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 } as const;

/** Go: golang.org/x/net/internal/socks Reply */
const REPLIES: readonly string[] = [
  'succeeded',
  'general SOCKS server failure',
  'connection not allowed by ruleset',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
];

/**
 * A connection to `host`:`target` by way of the proxy, ready for the first byte.
 *
 * @throws Node's error where the proxy is not reached; PintleError NETWORK_FAILED where it refuses.
 */
export async function openSocks(proxy: Url, host: string, target: number, signal?: AbortSignal): Promise<Socket> {
  const address = { host: asciiHost(hostname(proxy)), port: Number(port(proxy) || 1080) };
  const socket = connect({ ...address, lookup: lookupFor('any') });
  let broken: Error | undefined;
  const note = (error: Error): void => {
    broken = error;
  };
  // Not longer than until it is ready: afterwards the connection serves others, too.
  const cancel = (): void => {
    socket.destroy(new IdleError(PATIENCE));
  };
  socket.on('error', note).setTimeout(PATIENCE, cancel);
  signal?.addEventListener('abort', cancel);
  try {
    await once(socket, 'connect');
    await authenticate(socket, proxy);
    const name = addressBytes(host);
    socket.write(Uint8Array.of(VERSION, CONNECT, 0, ...name, target >> 8, target & 0xff));
    const [version, reply = 0, , type = 0] = await take(socket, 4);
    checkVersion(version);
    if (reply !== 0) throw fault(`unknown error ${REPLIES[reply] ?? `unknown code: ${reply}`}`);
    await take(socket, (await boundLength(socket, type)) + 2);
    if (socket.readableLength > 0) throw fault('data before any was asked for');
    return socket.off('error', note).setTimeout(0).off('timeout', cancel);
  } catch (error) {
    socket.destroy();
    throw error instanceof SocksFault && broken === undefined
      ? refusal(error, address, `${host}:${target}`)
      : (broken ?? error);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/** What the proxy did, in Go's words. */
class SocksFault extends Error {}

function fault(reason: string): SocksFault {
  return new SocksFault(reason);
}

const REFUSED = 'socks connect tcp ';

/** Whether it was the proxy that said no, after it had been reached. */
export function isSocksRefusal(error: unknown): error is PintleError {
  return error instanceof PintleError && error.message.startsWith(REFUSED);
}

/** Go: net.OpError */
function refusal(error: SocksFault, proxy: { host: string; port: number }, target: string): PintleError {
  return new PintleError('NETWORK_FAILED', `${REFUSED}${proxy.host}:${proxy.port}->${target}: ${error.message}`);
}

async function authenticate(socket: Socket, { user }: Url): Promise<void> {
  const methods = user === undefined ? [NO_AUTH] : [NO_AUTH, PASSWORD];
  socket.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method = 0xff] = await take(socket, 2);
  checkVersion(version);
  if (!methods.includes(method)) throw fault('no acceptable authentication methods');
  if (method === NO_AUTH) return;
  const name = encodeBytes(user?.username ?? '');
  const password = encodeBytes(user?.password ?? '');
  if (name.length === 0 || name.length > 255 || password.length > 255) throw fault('invalid username/password');
  socket.write(Uint8Array.of(1, name.length, ...name, password.length, ...password));
  const [, status] = await take(socket, 2);
  if (status !== 0) throw fault('username/password authentication failed');
}

function checkVersion(version: number | undefined): void {
  if (version !== VERSION) throw fault(`unexpected protocol version ${version}`);
}

function addressBytes(host: string): number[] {
  const bytes = isIP(host) === 0 ? undefined : ipBytes(host);
  if (bytes !== undefined) return [bytes.length === 4 ? ADDRESS.ipv4 : ADDRESS.ipv6, ...bytes];
  const name = encodeBytes(host);
  if (name.length > 255) throw fault('FQDN too long');
  return [ADDRESS.name, name.length, ...name];
}

/** How long the address is that the proxy says it uses. */
async function boundLength(socket: Socket, type: number): Promise<number> {
  if (type === ADDRESS.ipv4) return 4;
  if (type === ADDRESS.ipv6) return 16;
  if (type !== ADDRESS.name) throw fault(`unknown address type ${type}`);
  const [length = 0] = await take(socket, 1);
  return length;
}

/** The next bytes, as soon as there are so many. */
async function take(socket: Socket, count: number): Promise<Uint8Array> {
  for (;;) {
    const bytes = socket.read(count) as Uint8Array | null;
    if (bytes !== null && bytes.length === count) return bytes;
    if (bytes !== null || socket.readableEnded || socket.destroyed) throw fault('EOF');
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('readable', go).off('end', go).off('close', go);
        resolve();
      };
      socket.on('readable', go).on('end', go).on('close', go);
    });
  }
}
