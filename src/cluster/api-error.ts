/** What a server's refusal says, and what can be asked about it. */
import { PintleError } from '../errors.ts';
import { byteLength, byteSlice } from '../go/bytes.ts';
import { quote } from '../go/quote.ts';
import { isObject, type Json, type JsonObject, own, parseJson } from './json.ts';
import type { ResourceMapping } from './types.ts';

/** The fields of a Status object that matter here. Go: metav1.Status */
export interface Status extends JsonObject {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: StatusDetails;
}

export interface StatusDetails extends JsonObject {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause extends JsonObject {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** What was asked, for texts about answers that say nothing themselves. */
export interface Asked {
  readonly method: string;
  /** What the request was about; undefined for requests that are about no object. */
  readonly mapping?: Pick<ResourceMapping, 'group' | 'resource'> | undefined;
  readonly name?: string | undefined;
}

/** The Status object behind an error; undefined where no server spoke. */
export function statusOf(error: unknown): Status | undefined {
  if (!(error instanceof PintleError)) return undefined;
  const status = error.data['status'] as Json | undefined;
  if (isObject(status)) return status as Status;
  return error.cause === undefined ? undefined : statusOf(error.cause);
}

/** The reason, `NotFound`; empty where no server gave one. */
export function reasonOf(error: unknown): string {
  const reason = own(statusOf(error), 'reason');
  return typeof reason === 'string' ? reason : '';
}

/** The HTTP status; 0 where there was no answer. */
export function codeOf(error: unknown): number {
  const code = own(statusOf(error), 'code');
  return typeof code === 'number' ? code : 0;
}

/** Reasons that stand for a code where a server gives none of them. Go: api/errors knownReasons */
const KNOWN_REASONS = new Set([
  'AlreadyExists',
  'BadRequest',
  'Conflict',
  'Expired',
  'Forbidden',
  'Gone',
  'InternalError',
  'Invalid',
  'MethodNotAllowed',
  'NotAcceptable',
  'NotFound',
  'RequestEntityTooLarge',
  'ServerTimeout',
  'ServiceUnavailable',
  'StoreReadError',
  'Timeout',
  'TooManyRequests',
  'Unauthorized',
  'UnsupportedMediaType',
]);

function is(error: unknown, reason: string, code: number): boolean {
  const said = reasonOf(error);
  return said === reason || (codeOf(error) === code && !KNOWN_REASONS.has(said));
}

/** Go: apierrors.IsNotFound */
export function isNotFound(error: unknown): boolean {
  return is(error, 'NotFound', 404);
}

/** Go: apierrors.IsAlreadyExists */
export function isAlreadyExists(error: unknown): boolean {
  return reasonOf(error) === 'AlreadyExists';
}

/** A stale resourceVersion, or fields that others own. Go: apierrors.IsConflict */
export function isConflict(error: unknown): boolean {
  return is(error, 'Conflict', 409);
}

/** A version of a list that the server no longer has. Go: apierrors.IsGone, IsResourceExpired */
export function isGone(error: unknown): boolean {
  return reasonOf(error) === 'Expired' || is(error, 'Gone', 410);
}

/** Go: apierrors.IsForbidden */
export function isForbidden(error: unknown): boolean {
  return is(error, 'Forbidden', 403);
}

/** Go: apierrors.IsUnauthorized */
export function isUnauthorized(error: unknown): boolean {
  return is(error, 'Unauthorized', 401);
}

/** Go: apierrors.IsInvalid */
export function isInvalid(error: unknown): boolean {
  return is(error, 'Invalid', 422);
}

/** Go: apierrors.IsUnsupportedMediaType; what a server without server-side apply says. */
export function isUnsupportedMediaType(error: unknown): boolean {
  return is(error, 'UnsupportedMediaType', 415);
}

/** Go: apierrors.IsMethodNotSupported */
export function isMethodNotAllowed(error: unknown): boolean {
  return is(error, 'MethodNotAllowed', 405);
}

/** Go: apierrors.IsRequestEntityTooLargeError */
export function isTooLarge(error: unknown): boolean {
  return is(error, 'RequestEntityTooLarge', 413);
}

/** The server, or what stands before it, has no room now. */
export function isTooManyRequests(error: unknown): boolean {
  return is(error, 'TooManyRequests', 429);
}

/** A kind that the cluster does not serve. Go: meta.IsNoMatchError */
export function isNoMatch(error: unknown): boolean {
  return error instanceof PintleError && error.code === 'API_FAILED' && error.data['noMatch'] === true;
}

/** Whether a namespace that is being deleted refused a new object. Go: apierrors.HasStatusCause */
export function isNamespaceTerminating(error: unknown): boolean {
  return causesOf(error).some(({ reason }) => reason === 'NamespaceTerminating');
}

/** The single faults: for a conflict, one for each field, with its manager. */
export function causesOf(error: unknown): readonly StatusCause[] {
  const causes = own(own(statusOf(error), 'details'), 'causes');
  return Array.isArray(causes) ? (causes as readonly Json[]).filter(isObject) : [];
}

/** Whether it is known what became of a write that ended in this error; otherwise it may or may not have happened. */
export function isFateUnknown(error: unknown): boolean {
  return error instanceof PintleError && error.data['fate'] === 'unknown';
}

/** The error for a Status. Its message is the server's. Go: StatusError.Error */
export function apiError(status: Status, asked: Asked, data: Readonly<Record<string, unknown>> = {}): PintleError {
  const { message } = status;
  const code = typeof status.code === 'number' ? status.code : 0;
  const hint = hintFor(code);
  return new PintleError('API_FAILED', typeof message === 'string' ? message : '', {
    ...(hint !== undefined && { hint }),
    data: { ...data, status, method: asked.method },
  });
}

function hintFor(code: number): string | undefined {
  if (code === 401) return 'the credentials of the kubeconfig are not accepted (any more): log in again';
  if (code === 413) return 'the object is larger than the server takes';
  return undefined;
}

/**
 * The Status of an answer that is none of the good ones: the one in its body, or one made from what is there.
 * Go: client-go Result.Error
 */
export function statusOfAnswer(
  code: number,
  contentType: string,
  retryAfter: string,
  body: string,
  asked: Asked,
): Status {
  return statusInBody(contentType, body) ?? genericStatus(code, contentType, retryAfter, body, asked);
}

function statusInBody(contentType: string, body: string): Status | undefined {
  if (!isJsonType(contentType) || body === '') return undefined;
  let value: Json;
  try {
    value = parseJson(body);
  } catch {
    // A proxy's or a broken text: the code has to do.
    return undefined;
  }
  const isFailure = own(value, 'kind') === 'Status' && own(value, 'status') === 'Failure';
  return isFailure ? (value as Status) : undefined;
}

/** Whether a body of this type is to be read as JSON; nothing said is JSON, as Go's client has it. */
export function isJsonType(contentType: string): boolean {
  const media = contentType.split(';', 1)[0] as string;
  return contentType === '' || media.trim().toLowerCase() === 'application/json';
}

/** How much of a body goes into a message, in bytes. Go: maxUnstructuredResponseTextBytes */
const MAX_TEXT = 2048;

/** Go: apierrors.NewGenericServerResponse */
function genericStatus(code: number, contentType: string, retryAfter: string, body: string, asked: Asked): Status {
  const said = isText(contentType) ? trimmed(body) : 'unknown';
  const [reason, text] = genericText(code, asked.method, said);
  const { mapping, name = '' } = asked;
  const subject =
    mapping === undefined ? '' : mapping.group === '' ? mapping.resource : `${mapping.resource}.${mapping.group}`;
  const parts = [asked.method.toLowerCase(), subject, ...(name === '' ? [] : [name])];
  const details: StatusDetails = {
    ...(mapping !== undefined && { group: mapping.group, kind: mapping.resource }),
    ...(name !== '' && { name }),
    causes: [{ reason: 'UnexpectedServerResponse', message: said }],
    ...(/^\d{1,9}$/.test(retryAfter) && { retryAfterSeconds: Number(retryAfter) }),
  };
  const message = mapping === undefined ? text : `${text} (${parts.join(' ')})`;
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code, details };
}

function isText(contentType: string): boolean {
  return contentType === '' || contentType.toLowerCase().startsWith('text/');
}

function trimmed(body: string): string {
  return (byteLength(body) > MAX_TEXT ? byteSlice(body, 0, MAX_TEXT) : body).trim();
}

function genericText(code: number, method: string, said: string): readonly [reason: string, text: string] {
  switch (code) {
    case 400:
      return ['BadRequest', 'the server rejected our request for an unknown reason'];
    case 401:
      return ['Unauthorized', 'the server has asked for the client to provide credentials'];
    case 403:
      return ['Forbidden', said];
    case 404:
      return ['NotFound', 'the server could not find the requested resource'];
    case 405:
      return ['MethodNotAllowed', 'the server does not allow this method on the requested resource'];
    case 406: {
      const silent = said === '' || said === 'unknown';
      return [
        'NotAcceptable',
        silent ? 'the server was unable to respond with a content type that the client supports' : said,
      ];
    }
    case 409:
      return [method === 'POST' ? 'AlreadyExists' : 'Conflict', 'the server reported a conflict'];
    case 415:
      return ['UnsupportedMediaType', said];
    case 422:
      return ['Invalid', 'the server rejected our request due to an error in our request'];
    case 429:
      return ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'];
    case 503:
      return ['ServiceUnavailable', 'the server is currently unable to handle the request'];
    case 504:
      return [
        'Timeout',
        'the server was unable to return a response in the time allotted, but may still be processing the request',
      ];
  }
  if (code >= 500)
    return ['InternalError', `an error on the server (${quote(said)}) has prevented the request from succeeding`];
  return ['', `the server responded with the status code ${code} but did not return more information`];
}
