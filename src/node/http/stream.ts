/** One request and its answer on a connection that speaks HTTP/2. */
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { canceled, PintleError } from '../../errors.ts';
import { fromByteString, toByteString } from '../../go/byte-string.ts';
import type { HttpRequest, HttpResponse } from '../../host.ts';
import { IdleError } from './errors.ts';
import { codeName, type Session, sessionFault } from './session.ts';
import { stopWith } from './stop-with.ts';
import type { Way } from './tls-socket.ts';

const DEFAULT_IDLE = 60_000;

/** What the data of an error says of the request. */
export interface StreamFault {
  /** The server has not begun to look at it, so that it can be sent again. */
  readonly untouched?: boolean;
  /** The connection broke before there was an answer. */
  readonly lost?: boolean;
}

/**
 * Sends a request.
 *
 * @throws PintleError with {@link StreamFault} in its data
 */
export function exchange(session: Session, way: Way, path: string, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.http2.request(headersFor(way, path, request), { endStream: request.body === undefined });
    } catch (error) {
      reject(refused(session, error as NodeJS.ErrnoException));
      return;
    }
    if (session.active++ === 0) session.http2.ref();
    const state: StreamState = { session, way, stream, answered: false };
    stream.once('close', () => {
      if (--session.active === 0) session.http2.unref();
    });
    limit(stream, request, state);
    // Every stream closes; once there is an answer, whoever reads it is told what went wrong.
    const fail = (): void => {
      if (!state.answered) reject(streamFault(state));
    };
    // Node may close a stream without an error; what is noted first is the reason.
    stream.on('error', (error) => {
      state.failure ??= error;
      fail();
    });
    stream.once('close', fail);
    stream.once('response', (headers) => {
      state.answered = true;
      session.used = true;
      resolve(answerOf(headers, request.method, state));
    });
    if (request.body !== undefined) stream.end(request.body);
  });
}

interface StreamState {
  readonly session: Session;
  readonly way: Way;
  readonly stream: ClientHttp2Stream;
  answered: boolean;
  failure?: Error;
}

/** Ends a request that is given up, and one on which nothing comes. */
function limit(
  stream: ClientHttp2Stream,
  { signal, idleTimeout = DEFAULT_IDLE }: HttpRequest,
  state: StreamState,
): void {
  const stop = (reason: Error): void => {
    state.failure ??= reason;
    stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy(reason);
  };
  if (idleTimeout > 0) stream.setTimeout(idleTimeout, () => stop(new IdleError(idleTimeout)));
  stopWith(signal, stream, () => stop(canceled()));
}

function headersFor(way: Way, path: string, request: HttpRequest): OutgoingHttpHeaders {
  const host = way.host.includes(':') ? `[${way.host}]` : way.host;
  const headers: OutgoingHttpHeaders = {
    ':method': request.method,
    ':path': path,
    ':authority': way.port === '443' ? host : `${host}:${way.port}`,
  };
  for (const [name, value] of Object.entries(request.headers)) headers[name] = toByteString(value);
  for (const [name, values] of Object.entries(request.repeatedHeaders ?? {})) {
    headers[name.toLowerCase()] = values.map(toByteString);
  }
  if (request.body !== undefined) headers['content-length'] = String(request.body.length);
  return headers;
}

/** A connection that ended between being chosen and being used; else a header that cannot be sent. */
function refused(session: Session, error: NodeJS.ErrnoException): PintleError {
  const ended = session.http2.closed || session.http2.destroyed;
  const code = ended ? 'NETWORK_FAILED' : 'NETWORK_REFUSED';
  return new PintleError(code, error.message, { cause: error, data: { untouched: ended } });
}

function streamFault({ session, way, stream, answered, failure }: StreamState): PintleError {
  const { id = 0, rstCode = 0 } = stream;
  const untouched =
    !answered &&
    (rstCode === constants.NGHTTP2_REFUSED_STREAM || (session.lastStream !== undefined && id > session.lastStream));
  if (failure instanceof PintleError && failure.code === 'ABORTED') return failure;
  if (failure instanceof IdleError) return new PintleError('NETWORK_FAILED', failure.message);
  const broken = session.failure !== undefined || session.http2.destroyed;
  if (!broken && rstCode !== 0) {
    const reason = `stream error: stream ID ${id}; ${codeName(rstCode)}; received from peer`;
    return new PintleError('NETWORK_FAILED', reason, { data: { untouched, passing: true } });
  }
  const { code, message, data } = sessionFault(session, way, answered, broken ? undefined : failure);
  return new PintleError(code, message, { cause: failure, data: { ...data, untouched, lost: !answered } });
}

function answerOf(headers: IncomingHttpHeaders, method: string, state: StreamState): HttpResponse {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(':') && value !== undefined) map.set(name, fromByteString([value].flat().join(', ')));
  }
  const body = bodyOf(state);
  if (method === 'HEAD') state.stream.resume();
  return { status: Number(headers[':status']), statusText: '', headers: map, body };
}

/** How many bytes wait to be read before the server has to. */
const ENOUGH = 1024 * 1024;

/**
 * A body that can be given up before its first byte is asked for. What comes is taken from the stream at once: one
 * that has ended and was not read counts as broken off.
 */
function bodyOf(state: StreamState): AsyncIterable<Uint8Array> {
  const { stream } = state;
  const chunks: Uint8Array[] = [];
  let waiting = 0;
  let ended = false;
  let wake = (): void => {};
  stream.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk);
    waiting += chunk.length;
    if (waiting > ENOUGH) stream.pause();
    wake();
  });
  stream.once('end', () => {
    // One that was broken off ends like one that was not.
    ended = !stream.aborted && !stream.rstCode;
    wake();
  });
  stream.once('close', () => wake());
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    for (;;) {
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        waiting -= chunk.length;
        if (stream.isPaused()) stream.resume();
        return { done: false, value: chunk };
      }
      if (ended) return { done: true, value: undefined };
      if (stream.closed || stream.readableEnded) throw streamFault(state);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      async return() {
        chunks.length = 0;
        if (!ended && !stream.closed) stream.close(constants.NGHTTP2_CANCEL);
        return { done: true, value: undefined };
      },
    }),
  };
}
