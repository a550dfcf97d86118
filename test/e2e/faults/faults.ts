/** What can go wrong with one call of an operation: F1, F2, F4 and F5 of the list of hostile inputs. */
import type { Break, Made } from '../client/breaking-proxy.ts';

/** Something that happens as one call comes in, the first from a number on that it is for. */
export interface Fault {
  readonly name: string;
  /** Of the list of hostile inputs. */
  readonly row: string;
  /** What the proxy does to the call. */
  readonly break?: Break;
  /** The program gets it as the call comes in. */
  readonly signal?: NodeJS.Signals;
  /** Nothing is answered any more, and the signal comes again. */
  readonly twice?: boolean;
  /** All calls after it break, too. */
  readonly lasting?: boolean;
  /** Somebody changes the newest record just before. */
  readonly touch?: boolean;
  /** The calls that it can happen to. */
  readonly isFor?: (call: { readonly method: string; readonly path: string }) => boolean;
  /** The operation is to succeed all the same. */
  readonly passes?: boolean;
  /** The cluster means it: what was made before stays until an upgrade has it, as with Helm. */
  readonly refuses?: boolean;
  /** What the message has to name, should the operation fail. */
  readonly says?: RegExp;
}

type Unlisted = Omit<Fault, 'row'>;

/** Whether nobody was left to make the record true. */
export function isFatal({ signal, twice, lasting }: Fault): boolean {
  return signal === 'SIGKILL' || twice === true || lasting === true;
}

function status(
  code: number,
  reason: string,
  message: string,
  { headers = {}, details }: { headers?: Readonly<Record<string, string>>; details?: object } = {},
): Made {
  const body = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message,
    reason,
    code,
    ...(details && { details }),
  });
  return { status: code, headers, body };
}

const instead = (answer: Made): Break => ({ kind: 'answer', when: 'before', answer });

const isCreate = ({ method }: { readonly method: string }): boolean => method === 'POST';
const isWrite = ({ method }: { readonly method: string }): boolean => method !== 'GET';
const isChange = ({ method }: { readonly method: string }): boolean => method === 'PUT' || method === 'PATCH';
const isApply = ({ method }: { readonly method: string }): boolean => method === 'PATCH';
const isRecordUpdate = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'PUT' && path.includes('/secrets/sh.helm.release');

const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';
const UNAUTHORIZED = status(401, 'Unauthorized', 'Unauthorized');

/** F5 */
const BROKEN: readonly Unlisted[] = [
  { name: 'reset before', break: { kind: 'reset', when: 'before' }, passes: true },
  { name: 'reset after', break: { kind: 'reset', when: 'after' }, passes: true },
  {
    name: 'leader changed',
    break: instead(status(500, 'InternalError', 'etcdserver: leader changed')),
    passes: true,
  },
  {
    name: 'busy',
    break: instead(status(429, 'TooManyRequests', 'too many requests', { headers: { 'retry-after': '1' } })),
    passes: true,
  },
  { name: 'cut', break: { kind: 'cut' }, passes: true },
  { name: 'half', break: { kind: 'half' }, passes: true },
  { name: 'unavailable', break: instead(status(503, 'ServiceUnavailable', 'not now')) },
  { name: 'internal error', break: instead(status(500, 'InternalError', 'something went wrong')) },
  {
    name: 'timeout after',
    break: { kind: 'answer', when: 'after', answer: status(504, 'Timeout', 'it took too long') },
    passes: true,
  },
  {
    name: 'a page',
    break: instead({ status: 502, type: 'text/html', body: '<html>Bad gateway</html>' }),
    passes: true,
  },
  { name: 'no credentials', break: instead(UNAUTHORIZED) },
  { name: 'credentials gone', break: instead(UNAUTHORIZED), lasting: true },
  { name: 'refused', break: instead(status(403, 'Forbidden', 'a webhook denied it')), refuses: true },
  {
    name: 'refused deletion',
    break: instead(status(403, 'Forbidden', 'a webhook denied it')),
    refuses: true,
    isFor: ({ method }) => method === 'DELETE',
  },
];

/** F4 */
const CONFLICTS: readonly Unlisted[] = [
  { name: 'exists', break: instead(status(409, 'AlreadyExists', 'it already exists')), isFor: isCreate, refuses: true },
  { name: 'stale', break: instead(status(409, 'Conflict', MODIFIED)), isFor: isChange, refuses: true },
  { name: 'stale record', break: instead(status(409, 'Conflict', MODIFIED)), isFor: isRecordUpdate, passes: true },
  { name: 'record touched', touch: true, isFor: isRecordUpdate, passes: true },
  {
    name: 'quota conflict',
    break: instead(status(409, 'Conflict', `Operation cannot be fulfilled on resourcequotas "q": ${MODIFIED}`)),
    isFor: isCreate,
  },
  {
    name: 'quota exceeded',
    break: instead(status(403, 'Forbidden', 'exceeded quota: q, requested: count/x=1, used: 1, limited: 1')),
    isFor: isWrite,
    refuses: true,
    says: /exceeded quota: q/,
  },
  {
    name: 'field conflict',
    break: instead(
      status(409, 'Conflict', 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.step', {
        details: {
          causes: [
            { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-edit" using v1', field: '.data.step' },
          ],
        },
      }),
    ),
    isFor: isApply,
    refuses: true,
    says: /kubectl-edit.*\.data\.step/s,
  },
];

/** F1 and F2 */
const SIGNALS: readonly Unlisted[] = [
  { name: 'SIGTERM', signal: 'SIGTERM' },
  { name: 'SIGINT', signal: 'SIGINT' },
  { name: 'SIGINT twice', signal: 'SIGINT', twice: true },
  { name: 'SIGKILL', signal: 'SIGKILL' },
];

const listed = (faults: readonly Unlisted[], rowOf: (fault: Unlisted) => string): Fault[] =>
  faults.map((fault) => ({ ...fault, row: rowOf(fault) }));

export const FAULTS: readonly Fault[] = [
  ...listed(SIGNALS, ({ signal }) => (signal === 'SIGKILL' ? 'F2' : 'F1')),
  ...listed(BROKEN, () => 'F5'),
  ...listed(CONFLICTS, () => 'F4'),
];
