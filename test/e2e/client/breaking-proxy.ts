/** A server in front of a cluster that breaks requests as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ApiAnswer, ApiCall, ClusterTransport } from '../../../src/cluster/types.ts';

/** What happens to one request. */
export type Break =
  /** The connection is reset: before the cluster hears of the request, or after it has done it. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** The proxy answers: in place of the cluster, or after it has done its work. */
  | { readonly kind: 'answer'; readonly when: 'before' | 'after'; readonly answer: Made }
  /** The body ends in the middle, as if that were all. */
  | { readonly kind: 'cut' }
  /** The connection breaks in the middle of the body. */
  | { readonly kind: 'half' }
  /** A watch: after so many milliseconds the connection is reset, ends, goes silent, or ends with a line. */
  | { readonly kind: 'watch'; readonly after: number; readonly end: 'reset' | 'close' | 'silent' | 'midline' | string }
  /** A watch, line by line; `lines` is made anew for each. */
  | { readonly kind: 'lines'; readonly lines: () => Lines }
  /** Not a byte comes back, ever. */
  | { readonly kind: 'hang' }
  /** A text without an end: a line after each so many milliseconds. */
  | { readonly kind: 'endless'; readonly every: number }
  /** The cluster hears of it so many milliseconds later, or when something else is done. */
  | { readonly kind: 'late'; readonly after: number | Promise<void> }
  /** The cluster is asked for another form of it. */
  | { readonly kind: 'accept'; readonly accept: string }
  /** Another answer is made of the cluster's. */
  | { readonly kind: 'rewrite'; readonly rewrite: (answer: Made) => Made };

/** What becomes of the lines of one watch. */
export interface Lines {
  /** In place of a beginning without lines. */
  readonly begin?: Passed;
  readonly each?: (line: string) => Passed;
}

/** Lines that are passed on, and how the watch goes on if it does not just do so. */
export interface Passed {
  readonly lines: readonly string[];
  readonly end?: 'reset' | 'close' | 'silent' | 'midline' | undefined;
}

export interface Made {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is known of a request before it is passed on. */
export interface ProxiedCall extends Pick<ApiCall, 'method' | 'path' | 'query'> {
  readonly isWatch: boolean;
  /** What the client proves itself with. */
  readonly authorization: string | undefined;
}

export interface BreakingProxy {
  readonly url: string;
  /** Decides about each request. */
  breaks: (call: ProxiedCall) => Break | undefined;
  /** Milliseconds by which the clock of the cluster is ahead, as far as its answers say. */
  ahead: number;
  close(): void;
}

/**
 * Starts a proxy before `cluster` that lets everything pass until it is told otherwise. With a certificate it speaks
 * HTTPS, without which clients keep their credentials to themselves.
 */
export async function breakingProxy(
  cluster: ClusterTransport,
  tls?: { readonly cert: string; readonly key: string },
): Promise<BreakingProxy> {
  const sockets = new Set<Socket>();
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('date', new Date(Date.now() + proxy.ahead).toUTCString());
    serve(request, response, cluster, (call) => proxy.breaks(call)).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(take) : createSecureServer(tls, take);
  server.on('connection', (socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: BreakingProxy = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breaks: () => undefined,
    ahead: 0,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  cluster: ClusterTransport,
  breaks: BreakingProxy['breaks'],
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const call = await callOf(request, gone.signal);
  const isWatch = call.query?.['watch'] === 'true';
  const broken = breaks({ ...call, isWatch, authorization: request.headers.authorization });
  if (broken?.kind === 'hang') return;
  const reset = (): void => void request.socket.resetAndDestroy();
  if (broken?.kind === 'reset' && broken.when === 'before') return reset();
  if (broken?.kind === 'answer' && broken.when === 'before') return write(response, broken.answer);
  if (broken?.kind === 'endless') return writeForEver(response, broken.every);
  if (broken?.kind === 'late') {
    const { after } = broken;
    await (typeof after === 'number' ? new Promise((resolve) => setTimeout(resolve, after)) : after);
  }
  const accept = broken?.kind === 'accept' ? { accept: broken.accept } : {};
  const answer = await cluster.send({ ...call, headers: { ...call.headers, ...accept } });
  if (broken?.kind === 'watch') return breakWatch(answer, response, broken, reset);
  if (broken?.kind === 'lines') return passLines(answer, response, broken.lines(), reset);
  if (broken === undefined || broken.kind === 'late' || broken.kind === 'accept' || isWatch)
    return pass(answer, response);
  const body = await bytes(answer.body);
  if (broken.kind === 'rewrite') {
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !OF_THE_WAY.includes(name)));
    return write(response, broken.rewrite({ status: answer.status, headers, body: body.toString() }));
  }
  if (broken.kind === 'reset') return reset();
  if (broken.kind === 'answer') return write(response, broken.answer);
  const half = body.subarray(0, body.length >> 1);
  if (broken.kind === 'cut') {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(half);
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': body.length }).write(half);
  setTimeout(reset, 20);
}

async function callOf(request: IncomingMessage, signal: AbortSignal): Promise<ApiCall> {
  const url = new URL(request.url ?? '/', 'http://proxy');
  const headers: Record<string, string> = {};
  for (const name of ['accept', 'content-type']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const body = (await bytes(request)).toString();
  const call: ApiCall = {
    method: request.method as ApiCall['method'],
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    idleTimeout: 0,
    signal,
  };
  return body === '' ? call : { ...call, body };
}

function write(response: ServerResponse, { status, type = 'application/json', headers, body }: Made): void {
  response.writeHead(status, { 'content-type': type, ...headers }).end(body);
}

function writeForEver(response: ServerResponse, every: number): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const timer = setInterval(() => response.write('and on\n'), every);
  response.on('close', () => clearInterval(timer));
}

/** Headers that the proxy's own answers have. */
const OF_THE_WAY = ['content-length', 'content-encoding', 'connection', 'date'];

async function pass({ status, headers, body }: ApiAnswer, response: ServerResponse): Promise<void> {
  const kept = [...headers].filter(([name]) => !OF_THE_WAY.includes(name));
  response.writeHead(status, Object.fromEntries(kept)).flushHeaders();
  for await (const chunk of body) response.write(chunk);
  response.end();
}

async function breakWatch(
  { status, body }: ApiAnswer,
  response: ServerResponse,
  { after, end }: Extract<Break, { readonly kind: 'watch' }>,
  reset: () => void,
): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json' }).flushHeaders();
  let over = false;
  setTimeout(() => {
    over = true;
    if (end === 'reset') reset();
    else if (end === 'close') response.end();
    else if (end !== 'silent' && end !== 'midline') response.end(`${end}\n`);
  }, after);
  for await (const chunk of body) {
    if (response.destroyed) return;
    if (!over) response.write(chunk);
    else if (end === 'midline') {
      response.write(chunk.subarray(0, chunk.length >> 1));
      return reset();
    }
  }
}

async function passLines(
  { status, body }: ApiAnswer,
  response: ServerResponse,
  { begin, each = (line) => ({ lines: [line] }) }: Lines,
  reset: () => void,
): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json' }).flushHeaders();
  /** Whether lines go on. */
  const go = ({ lines, end }: Passed): boolean => {
    for (const line of lines) response.write(`${line}\n`);
    if (end === 'close') response.end();
    // What was written is to arrive before the connection breaks.
    else if (end === 'reset' || end === 'midline') {
      if (end === 'midline') response.write('{"type":"MODIFIED","object":{"ap');
      setTimeout(reset, 20);
    }
    return end === undefined;
  };
  if (begin !== undefined && !go(begin)) return;
  let rest = '';
  for await (const chunk of body) {
    const all = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = all.pop() ?? '';
    for (const line of all) if (!go(each(Buffer.from(line, 'latin1').toString()))) return;
    if (response.destroyed) return;
  }
  response.end();
}

async function bytes(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts);
}
