/** A connection that speaks HTTP/2. */
import type { ClientHttp2Session } from 'node:http2';
import { PintleError } from '../../errors.ts';
import { IdleError, transportFault } from './errors.ts';
import type { Way } from './tls-socket.ts';

/** A connection with what is known of it. */
export interface Session {
  readonly http2: ClientHttp2Session;
  /** Both ends, as `local->remote`. */
  readonly ends: string;
  /** Why it broke. */
  failure?: Error | undefined;
  /** The last request that the server says it has looked at, once it wants no more of them. */
  lastStream?: number;
  /** Requests under way. */
  active: number;
  /** Whether it has answered before. */
  used: boolean;
}

/** An error that has happened to a connection, in Go's words. */
export function sessionFault(session: Session, way: Way, answered: boolean, error?: Error): PintleError {
  const cause = session.failure ?? error;
  if (cause === undefined) return new PintleError('NETWORK_FAILED', 'unexpected EOF', { data: { passing: true } });
  if (cause instanceof IdleError) return new PintleError('NETWORK_FAILED', cause.message);
  return transportFault(cause, { host: way.name, ends: session.ends, toProxy: false, answered, maxHeader: 0 });
}

/** Go: http2.ErrCode */
const CODES: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** The name of an error code, as Go prints it. */
export function codeName(code: number): string {
  return CODES[code] ?? `unknown error code 0x${code.toString(16)}`;
}
