/** What a failed request means: whether the server may have done the work, and whether asking again helps. */
import { CANCELED_TEXT, PintleError } from '../errors.ts';
import { type Asked, apiError, reasonOf, type Status, statusOf, statusOfAnswer } from './api-error.ts';

/**
 * - `unsent`: the server was not reached
 * - `rejected`: it had no time to look at it
 * - `unknown`: it may have done the work
 * - `failed`: it tried and says so; a read may do better next time
 * - `final`: it will say the same again
 */
export type FaultKind = 'unsent' | 'rejected' | 'unknown' | 'failed' | 'final';

export interface Fault {
  readonly kind: FaultKind;
  readonly error: PintleError;
  /** Milliseconds to wait, where the server says so. */
  readonly wait?: number | undefined;
}

/** A 2xx answer whose body is none. */
export class BrokenAnswer extends PintleError {
  constructor(message: string, cause?: unknown) {
    super('NETWORK_FAILED', message, {
      cause,
      hint: 'something between here and the cluster answers in its place, or cuts its answers short',
    });
  }
}

/** How requests end by their signal: with the error that it was given, or Go's word for it. */
export function abortFault(signal: AbortSignal): PintleError {
  const reason: unknown = signal.reason;
  if (reason instanceof PintleError) return reason;
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  return new PintleError('ABORTED', late ? 'context deadline exceeded' : CANCELED_TEXT, { cause: reason });
}

const UNSENT = /\bdial tcp\b|\bproxyconnect\b|\bx509: |\btls: |no such host|server misbehaving/;
const PASSING =
  /\bEOF$|connection reset by peer|broken pipe|connection refused|i\/o timeout|connection lost|connection timed out|server closed idle connection|transport connection broken|no route to host|network is unreachable|malformed|GOAWAY/;

/** What a transport threw. */
export function networkFault(error: unknown): Fault {
  if (!(error instanceof PintleError)) throw error;
  if (error.code !== 'NETWORK_FAILED') return { kind: 'final', error };
  if (error instanceof BrokenAnswer) return { kind: 'unknown', error };
  if (error.data['untouched'] === true) return { kind: 'rejected', error };
  const passing = error.data['passing'] === true || PASSING.test(error.message);
  if (UNSENT.test(error.message)) return { kind: passing ? 'unsent' : 'final', error };
  return { kind: passing ? 'unknown' : 'final', error };
}

/** Faults of the store behind the server, after which nobody knows. Helm: kubeenv RetryingRoundTripper, and its kin */
const STORE_FAULT =
  /etcdserver: (leader changed|request timed out|no leader|too many requests)|raft proposal dropped|etcdserver: .*timed out/;

/** An API that another server serves, which is not there. Go: kube-aggregator proxyError, util/proxy ErrorResponder */
const ORPHANED = /^(service unavailable|error trying to reach service)/;

/** What an answer that is none of the good ones means. */
export function refusal(
  code: number,
  headers: ReadonlyMap<string, string>,
  body: string,
  asked: Asked,
  now: number,
): Fault {
  const retryAfter = headers.get('retry-after') ?? '';
  const status = statusOfAnswer(code, headers.get('content-type') ?? '', retryAfter, body, asked);
  const error = apiError(status, asked);
  return { kind: kindOf(code, status, retryAfter), error, wait: waitOf(retryAfter, status, now) };
}

function kindOf(code: number, status: Status, retryAfter: string): FaultKind {
  if (code === 429) return 'rejected';
  if (code < 500) return 'final';
  if (code === 503 && retryAfter !== '') return 'rejected';
  if (code === 503 && ORPHANED.test(status.details?.causes?.[0]?.message ?? '')) return 'failed';
  if (code === 500 && status.details?.causes?.[0]?.reason !== 'UnexpectedServerResponse') {
    return STORE_FAULT.test(status.message ?? '') || status.reason === 'ServerTimeout' ? 'unknown' : 'failed';
  }
  return code <= 504 ? 'unknown' : 'final';
}

/** Retry-After in seconds or as a date, or what the Status says. */
function waitOf(retryAfter: string, status: Status, now: number): number | undefined {
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN;
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const seconds = status.details?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

/** Says in the error that the work may have been done. */
export function withUnknownFate(error: PintleError): PintleError {
  if (error.data['fate'] === 'unknown') return error;
  const { message, code, hint, data } = error;
  const out = new PintleError(code, message, {
    ...(hint !== undefined && { hint }),
    data: { ...data, fate: 'unknown' },
    cause: error,
  });
  return out;
}

/** Whether an error is one that passes: of the network, or of a server that is not itself. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof PintleError)) return false;
  if (statusOf(error) === undefined) return error.code === 'NETWORK_FAILED' && networkFault(error).kind !== 'final';
  const code = Number(statusOf(error)?.code ?? 0);
  return code === 429 || code >= 500 || reasonOf(error) === 'Timeout';
}
