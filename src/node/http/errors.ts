/** Node's network errors in Go's words. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { PintleError } from '../../errors.ts';
import { hostname, type Url } from '../../go/url.ts';

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errors?: readonly SystemError[];
}

export interface Place {
  readonly url?: Url;
  readonly request?: ClientRequest;
  readonly response?: IncomingMessage;
}

const ERRNO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  EPIPE: 'broken pipe',
};

/** The error to throw for one of Node's. `passing` in its data says that another try may help. */
export function transportFault(error: unknown, place: Place): PintleError {
  if (error instanceof PintleError) return error;
  const fault = ((error as SystemError).errors?.[0] ?? error) as SystemError;
  const passing = fault.code === 'ECONNRESET' || fault.code === 'EPIPE';
  return new PintleError('NETWORK_FAILED', faultText(fault, place), {
    cause: error,
    ...(passing && { data: { passing } }),
  });
}

function faultText(error: SystemError, { url, response }: Place): string {
  const { code = '', syscall } = error;
  if (response !== undefined) return code === 'ECONNRESET' ? 'unexpected EOF' : error.message;
  if (syscall === 'connect') return `dial tcp ${address(error)}: connect: ${ERRNO[code] ?? error.message}`;
  if (syscall === 'getaddrinfo') return `dial tcp: lookup ${url ? hostname(url) : ''}: no such host`;
  if (code === 'ECONNRESET') return syscall === 'read' ? 'read: connection reset by peer' : 'EOF';
  return error.message;
}

function address({ address = '', port = 0 }: SystemError): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
