/** Node's network errors in Go's words. */
import { type ErrorCode, PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { quote } from '../../go/quote.ts';
import { certificateText, isCertificateCode } from './certificate.ts';

/** The fields that Node's errors may have. */
interface NodeError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  /** OpenSSL's words. */
  readonly reason?: string;
  /** One for each address that was tried. */
  readonly errors?: readonly NodeError[];
  /** What the parser of answers was given. */
  readonly rawPacket?: Uint8Array;
}

/** What is known of the connection that failed. */
export interface Connection {
  /** The host at its other end, without port and brackets. */
  readonly host: string;
  /** Both ends, as `local->remote`; empty before there were any. */
  readonly ends: string;
  /** The certificate that it showed, in DER. */
  readonly certificate?: Uint8Array | undefined;
  /** Whether it leads to a proxy, so that what fails in setting it up is the proxy's fault. */
  readonly toProxy: boolean;
  /** Whether the answer's headers are in. */
  readonly answered: boolean;
  readonly maxHeader: number;
}

/** Go: syscall.Errno */
const ERRNO: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'cannot assign requested address',
  ECONNABORTED: 'software caused connection abort',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTDOWN: 'host is down',
  EHOSTUNREACH: 'no route to host',
  EINVAL: 'invalid argument',
  EMFILE: 'too many open files',
  ENETDOWN: 'network is down',
  ENETUNREACH: 'network is unreachable',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  ETIMEDOUT: 'connection timed out',
};

/** What OpenSSL calls an alert of the other side, and what Go does. Go: crypto/tls alertText */
const ALERTS: Readonly<Record<string, string>> = {
  'access denied': 'access denied',
  'bad certificate': 'bad certificate',
  'bad record mac': 'bad record MAC',
  'certificate expired': 'expired certificate',
  'certificate required': 'certificate required',
  'certificate revoked': 'revoked certificate',
  'certificate unknown': 'unknown certificate',
  'decode error': 'error decoding message',
  'decrypt error': 'error decrypting message',
  'handshake failure': 'handshake failure',
  'illegal parameter': 'illegal parameter',
  'inappropriate fallback': 'inappropriate fallback',
  'insufficient security': 'insufficient security level',
  'internal error': 'internal error',
  'missing extension': 'missing extension',
  'no application protocol': 'no application protocol',
  'no renegotiation': 'no renegotiation',
  'protocol version': 'protocol version not supported',
  'record overflow': 'record overflow',
  'unexpected message': 'unexpected message',
  'unknown ca': 'unknown certificate authority',
  'unrecognized name': 'unrecognized name',
  'unsupported certificate': 'unsupported certificate',
  'unsupported extension': 'unsupported extension',
  'user canceled': 'user canceled',
  'user cancelled': 'user canceled',
};

/** No byte for too long. */
export class IdleError extends Error {
  readonly code = 'IDLE';
  constructor(milliseconds: number) {
    super(`i/o timeout: no data for ${milliseconds / 1000}s`);
  }
}

/**
 * The error to throw for one of Node's: its message is what Go says behind `Get "URL": `. `passing` in its data says
 * that another try may help.
 */
export function transportFault(error: unknown, connection: Connection): PintleError {
  const proxy = connection.toProxy && isSetupError(error as NodeError) ? 'proxyconnect tcp: ' : '';
  if (error instanceof PintleError) {
    return proxy === '' ? error : new PintleError(error.code, proxy + error.message, { cause: error });
  }
  const fault = ((error as NodeError).errors?.[0] ?? error) as NodeError;
  const { code = '' } = fault;
  const passing = code === 'ECONNRESET' || code === 'EPIPE';
  const kind: ErrorCode = code === 'HPE_HEADER_OVERFLOW' ? 'NETWORK_REFUSED' : 'NETWORK_FAILED';
  const hint = hintFor(fault);
  return new PintleError(kind, proxy + faultText(fault, connection), {
    cause: error,
    ...(passing && { data: { passing } }),
    ...(hint !== undefined && { hint }),
  });
}

/** Whether the connection was never ready for a request. */
function isSetupError(error: NodeError): boolean {
  const { code = '', syscall, errors } = error;
  return error instanceof PintleError || syscall === 'connect' || errors !== undefined || isTlsCode(code);
}

function isTlsCode(code: string): boolean {
  return isCertificateCode(code) || code.startsWith('ERR_SSL_') || code === 'EPROTO';
}

function faultText(error: NodeError, connection: Connection): string {
  const { code = '', syscall } = error;
  if (syscall === 'connect')
    return `dial tcp ${endText(error.address, error.port)}: connect: ${ERRNO[code] ?? error.message}`;
  if (isCertificateCode(code)) return certificateText(code, connection.host, connection.certificate, new Date());
  if (isTlsCode(code)) return tlsText(error);
  if (code.startsWith('HPE_')) return parserText(code, error, connection);
  if (code === 'ECONNRESET' && syscall === undefined) return connection.answered ? 'unexpected EOF' : 'EOF';
  if (Object.hasOwn(ERRNO, code)) return `${syscall} tcp ${connection.ends}: ${syscall}: ${ERRNO[code]}`;
  return error.message;
}

function tlsText({ code = '', reason = '', message }: NodeError): string {
  // BoringSSL writes its reasons as constants.
  const words = (reason || message).replace(/^[A-Z0-9_]+$/, (name) => name.toLowerCase().replaceAll('_', ' '));
  // OpenSSL does not say what came instead of TLS; mostly it is HTTP.
  if (/wrong version number|http request|packet length too long/.test(words)) {
    return 'http: server gave HTTP response to HTTPS client';
  }
  const alert =
    /:?[a-z0-9/]+ (?:alert )?([a-z ]+)(?:$|:)/.exec(reason ? words : (message.split('SSL routines:')[1] ?? ''))?.[1] ??
    '';
  if (Object.hasOwn(ALERTS, alert)) return `remote error: tls: ${ALERTS[alert]}`;
  if (code === 'ERR_SSL_UNSUPPORTED_PROTOCOL') return 'remote error: tls: protocol version not supported';
  return `tls: ${reason || message}`;
}

/** Go: http.ReadResponse, textproto.Reader */
function parserText(code: string, error: NodeError, { answered, maxHeader }: Connection): string {
  if (answered)
    return code === 'HPE_INVALID_CHUNK_SIZE' ? 'invalid byte in chunk length' : `malformed body: ${error.message}`;
  const broken = 'net/http: HTTP/1.x transport connection broken: ';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return `${broken}net/http: server response headers exceeded ${maxHeader} bytes; aborted`;
  }
  if (code === 'HPE_INVALID_EOF_STATE') return `${broken}unexpected EOF`;
  const [first = '', ...lines] = decodeBytes((error.rawPacket ?? new Uint8Array()).subarray(0, 4096)).split(/\r?\n/);
  if (code === 'HPE_INVALID_HEADER_TOKEN') {
    const line = lines.find((text) => !text.includes(':'));
    if (line !== undefined) return `${broken}malformed MIME header: missing colon: ${quote(line)}`;
  }
  const status = /^\S+ +(\S*)/.exec(first)?.[1];
  if (status === undefined) return `${broken}malformed HTTP response ${quote(first)}`;
  if (!/^\d{3}$/.test(status)) return `${broken}malformed HTTP status code ${quote(status)}`;
  if (!/^HTTP\/\d\.\d /.test(first))
    return `${broken}malformed HTTP version ${quote(first.split(' ', 1)[0] as string)}`;
  return broken + error.message.replace(/^Parse Error: /, '');
}

function hintFor({ code = '' }: NodeError): string | undefined {
  if (!isCertificateCode(code)) return undefined;
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID'
    ? undefined
    : 'name the authority that signed the certificate with --ca-file';
}

/** An address with its port, as Go shows it. */
export function endText(address = '', port = 0): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
