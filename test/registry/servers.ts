/** Servers of the suite itself: folders over HTTP, a registry seen through a window, and ears that write all down. */
import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync, readFileSync, statSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from './frame.ts';
import type { Registry } from './registries.ts';

const exec = promisify(execFile);
const LIB = fileURLToPath(new URL('../rig/lib.sh', import.meta.url));

/** Files of an authority, of a server at 127.0.0.1 and localhost, and of somebody who identifies with a certificate. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** Makes keys and certificates in `folder`. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true });
  const script = `. "$0"; make_authority "$1"; make_certificate "$1" server IP:127.0.0.1,DNS:localhost
    make_certificate "$1" client DNS:client.example.com`;
  await exec('bash', ['-c', script, LIB, folder]);
  const pair = (name: string): { cert: string; key: string } => ({
    cert: join(folder, `${name}.crt`),
    key: join(folder, `${name}.key`),
  });
  return { ca: join(folder, 'ca.crt'), server: pair('server'), client: pair('client') };
}

/** One request as a server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Server {
  readonly port: number;
  /** Host and port. */
  readonly address: string;
  /** `http://127.0.0.1:PORT` or with https. */
  readonly url: string;
  /** Everything that was asked so far. */
  readonly seen: Seen[];
  /** Bytes that came in from connections that sent no request, a half-open greeting for one. */
  readonly close: () => void;
}

export type Handler = (seen: Seen, response: ServerResponse, request: IncomingMessage) => unknown;

export interface ServerOptions {
  readonly tls?: Certificates;
  /** Refuse who shows no certificate of the authority. */
  readonly clientCertificates?: boolean;
}

/** Starts a server that ends with the case. A request is handed on when its body is there. */
export async function serve(bench: Bench, handler: Handler, options: ServerOptions = {}): Promise<Server> {
  const seen: Seen[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // Whoever asked is gone.
    }
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks) };
    seen.push(one);
    response.on('error', () => {});
    await handler(one, response, request);
  };
  const { tls } = options;
  const server = tls
    ? createTlsServer(
        {
          cert: readFileSync(tls.server.cert),
          key: readFileSync(tls.server.key),
          ca: readFileSync(tls.ca),
          requestCert: options.clientCertificates === true,
          rejectUnauthorized: options.clientCertificates === true,
        },
        listener,
      )
    : createServer(listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  bench.atEnd(close);
  const address = `127.0.0.1:${port}`;
  return { port, address, url: `${tls ? 'https' : 'http'}://${address}`, seen, close };
}

/** How fast bodies go out: so many bytes, then a pause. */
export interface Pace {
  readonly bytes: number;
  readonly pause: number;
}

export interface FolderOptions {
  readonly username?: string;
  readonly password?: string;
  readonly pace?: Pace;
  /** Answers with ETag and Last-Modified, and 304 to who has it. */
  readonly conditional?: boolean;
}

/** Gives out the files of a folder. */
export function folderHandler(folder: string, options: FolderOptions = {}): Handler {
  const { username = '', password = '', pace } = options;
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return async ({ url, headers }, response) => {
    if (username !== '' && headers.authorization !== wanted) return answer(response, 401, 'who are you?\n');
    const path = join(folder, normalize(decodeURIComponent(new URL(url, 'http://x').pathname)));
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile()) return answer(response, 404, 'no such file\n');
    if (pace) return trickle(response, readFileSync(path), pace);
    const etag = `"${stats.size}-${stats.mtimeMs}"`;
    if (options.conditional) {
      response.setHeader('etag', etag);
      response.setHeader('last-modified', stats.mtime.toUTCString());
      if (headers['if-none-match'] === etag) return answer(response, 304, '');
    }
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': stats.size });
    createReadStream(path).pipe(response);
  };
}

/** A whole answer. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(status === 304 ? undefined : body);
}

/** A body that takes its time. */
export async function trickle(response: ServerResponse, body: Uint8Array, pace: Pace): Promise<void> {
  await sleep(pace.pause);
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += pace.bytes) {
    response.write(body.subarray(at, at + pace.bytes));
    await sleep(pace.pause);
  }
  response.end();
}

/** Hands everything on to a registry, under this server's own name, so that the registry sends nobody elsewhere. */
export function registryHandler(registry: Registry, pace?: Pace): Handler {
  return async ({ method, url, headers, body }, response) => {
    const target = `${registry.scheme}://${registry.address}${url}`;
    const settings = { method, headers };
    const request =
      registry.scheme === 'https'
        ? httpsRequest(target, { ...settings, ca: readFileSync(registry.ca) })
        : httpRequest(target, settings);
    request.on('error', () => response.destroy());
    request.on('response', async (inner) => {
      if (pace && method === 'GET') await sleep(pace.pause);
      response.writeHead(inner.statusCode ?? 502, inner.headers);
      if (!pace || method !== 'GET') return void inner.pipe(response);
      for await (const chunk of inner as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; at += pace.bytes) {
          response.write(chunk.subarray(at, at + pace.bytes));
          await sleep(pace.pause);
        }
      }
      response.end();
    });
    Readable.from(body.length > 0 ? [body] : []).pipe(request);
  };
}

/** What was asked, as `METHOD /path` lines. */
export function lines(seen: readonly Seen[]): string[] {
  return seen.map(({ method, url }) => `${method} ${url}`);
}
