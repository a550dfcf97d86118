/**
 * Requests over HTTP/2: one connection to a server carries them all at once. Go: net/http h2 Transport, as client-go
 * sets it up.
 */
import * as http2 from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { PintleError } from '../../errors.ts';
import type { HttpRequest, HttpResponse } from '../../host.ts';
import { endText } from './errors.ts';
import { codeName, type Session } from './session.ts';
import { exchange, type StreamFault } from './stream.ts';
import { connectTls, type Way } from './tls-socket.ts';

/** What one side may send before the other has read it: of one answer, and of all; a watch that nobody reads blocks none. */
const STREAM_WINDOW = 4 * 1024 * 1024;
const SESSION_WINDOW = 256 * 1024 * 1024;
/** In megabytes; Node's own 10 are soon full of what waits to be read. */
const SESSION_MEMORY = 1024;

/** How long nothing may come before one asks whether anybody is there, and for how long one waits for the answer. */
const PING_AFTER = 30_000;
const PING_TIMEOUT = 15_000;

export interface Sessions {
  /** Undefined where the server does not speak HTTP/2, which is remembered. */
  send(way: Way, path: string, request: HttpRequest): Promise<HttpResponse | undefined>;
  close(): void;
}

const KEEP = 30_000;

/** How often a request that the server has not looked at is sent again. */
const TRIES = 4;

/** `keep` is how long a connection without requests stays open, in milliseconds. */
export function startSessions(keep = KEEP): Sessions {
  const sessions = new Map<string, Promise<Session | undefined>>();

  const sessionFor = (way: Way): Promise<Session | undefined> => {
    const kept = sessions.get(way.key);
    if (kept !== undefined) return kept;
    const opening = openSession(way, keep, () => {
      if (sessions.get(way.key) === opening) sessions.delete(way.key);
    });
    sessions.set(way.key, opening);
    opening.catch(() => {
      if (sessions.get(way.key) === opening) sessions.delete(way.key);
    });
    return opening;
  };

  return {
    async send(way, path, request) {
      for (let tries = 1; ; tries++) {
        const session = await abortable(sessionFor(way), request.signal);
        if (session === undefined) return undefined;
        const reused = session.used;
        try {
          return await exchange(session, way, path, request);
        } catch (error) {
          const { untouched, lost } = (error as PintleError).data as StreamFault;
          // What the server has not looked at, and once what changes nothing, where the connection was an old one.
          const again = untouched || (lost && reused && tries === 1 && request.method === 'GET');
          if (tries === TRIES || !again || request.signal?.aborted) throw error;
        }
      }
    },
    close() {
      for (const session of sessions.values()) {
        session.then((s) => s?.http2.destroy()).catch(() => {}); // It never was.
      }
      sessions.clear();
    },
  };
}

/** Waits for something that others wait for, too. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** `gone` is called as soon as nothing new can be sent. */
async function openSession(way: Way, keep: number, gone: () => void): Promise<Session | undefined> {
  const socket = await connectTls(way, ['h2', 'http/1.1']);
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    return undefined;
  }
  const client = http2.connect(`https://${way.host}:${way.port}`, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    maxSessionMemory: SESSION_MEMORY,
  });
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  const ends = `${endText(localAddress, localPort)}->${endText(remoteAddress, remotePort)}`;
  const session: Session = { http2: client, ends, active: 0, used: false };
  socket.on('error', (error) => {
    session.failure ??= error;
  });
  client.on('error', (error) => {
    session.failure ??= error;
  });
  client.on('goaway', (code, last) => {
    session.lastStream = last;
    session.failure ??= new PintleError('NETWORK_FAILED', goAwayText(code, last), { data: { passing: true } });
    gone();
    // What it has begun to answer it may finish.
    if (!client.closed) client.close();
  });
  client.on('close', gone);
  client.once('connect', () => client.setLocalWindowSize(SESSION_WINDOW));
  // Bun's streams listen for the timeouts of their session.
  client.setMaxListeners(0);
  client.setTimeout(keep, () => {
    if (session.active === 0 && !client.closed) client.close();
  });
  client.unref();
  watchPulse(session, socket);
  return session;
}

/** Go: http2.GoAwayError */
function goAwayText(code: number, last: number): string {
  return `http2: server sent GOAWAY and closed the connection; LastStreamID=${last}, ErrCode=${codeName(code)}, debug=""`;
}

/** Ends a connection whose other end is gone without a word. Go: http2.Transport ReadIdleTimeout, PingTimeout */
function watchPulse(session: Session, socket: TLSSocket): void {
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    const silent = socket.bytesRead === seen;
    seen = socket.bytesRead;
    if (session.active === 0 || !silent || session.http2.destroyed) return;
    const late = setTimeout(() => {
      session.failure ??= new PintleError('NETWORK_FAILED', 'http2: client connection lost', {
        data: { passing: true },
      });
      session.http2.destroy();
    }, PING_TIMEOUT).unref();
    session.http2.ping(() => clearTimeout(late));
  }, PING_AFTER).unref();
  session.http2.once('close', () => clearInterval(timer));
}
