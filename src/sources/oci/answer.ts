/** What registries answer that is no success. Go: oras-go registry/remote/errcode, internal/errutil */
import { type ErrorCode, PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { sprint } from '../../go/print.ts';
import { quote } from '../../go/quote.ts';
import type { Value } from '../../go/value.ts';
import type { HttpAnswer } from '../http/client.ts';
import { decodeJson, type JsonRecord, type JsonStruct } from './json-shape.ts';

/** How much of an error's body is read. */
const MAX_BODY = 8192;

const ERRORS: JsonStruct = {
  name: '',
  type: 'struct { Errors errcode.Errors "json:\\"errors\\"" }',
  fields: {
    errors: {
      list: { name: 'Error', type: 'errcode.Error', fields: { code: 'string', message: 'string', detail: 'any' } },
      type: 'errcode.Errors',
    },
  },
};

/** A request as messages name it: `GET "https://registry/v2/"`. */
export function requestText(method: string, url: string): string {
  return `${method} ${quote(url)}`;
}

/** The fault in an answer, with the registry's own words where it has some. */
export async function answerError(method: string, answer: HttpAnswer): Promise<PintleError> {
  const errors = parseErrors(await firstBytes(answer));
  const said = errors.length > 0 ? errors.map(errorText).join('; ') : statusText(answer);
  const text = `${requestText(method, answer.url)}: response status code ${answer.status}: ${said}`;
  const codes = errors.map((error) => error['code']);
  return new PintleError(codeOf(answer.status), text, { data: { status: answer.status, url: answer.url, codes } });
}

function codeOf(status: number): ErrorCode {
  if (status === 404) return 'NOT_FOUND';
  return status === 401 || status === 403 ? 'AUTH_FAILED' : 'REGISTRY_FAILED';
}

async function firstBytes(answer: HttpAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_BODY) break;
    }
  } catch {
    // The status says enough; what broke off would only have explained it.
  }
  return decodeBytes(joined(chunks, length).subarray(0, MAX_BODY));
}

/** Chunks as one piece. */
export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  // Hosts may give subclasses, which are equal to no plain array.
  if (chunks.length === 1 && first !== undefined) return new Uint8Array(first.buffer, first.byteOffset, length);
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

function parseErrors(body: string): readonly JsonRecord[] {
  try {
    const { errors } = decodeJson(body, ERRORS) as { errors?: readonly JsonRecord[] };
    return errors ?? [];
  } catch (error) {
    if (error instanceof GoError) return [];
    throw error;
  }
}

/** `UNAUTHORIZED` is `unauthorized`, `NAME_UNKNOWN` is `name unknown`. */
function errorText(error: JsonRecord): string {
  const code = String(error['code'] ?? '')
    .replaceAll('_', ' ')
    .toLowerCase();
  const message = String(error['message'] ?? '');
  if (message === '') return code;
  const detail = error['detail'];
  return detail === undefined ? `${code}: ${message}` : `${code}: ${message}: ${sprint([detail as Value])}`;
}

/** Go: net/http StatusText, for the answers that registries give. */
const STATUS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  418: "I'm a teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Entity',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

function statusText({ status }: HttpAnswer): string {
  return STATUS[status] ?? '';
}

/** The one fault that is a plain answer: something is not there. */
export function notFound(what: string): PintleError {
  return new PintleError('NOT_FOUND', `${what}: not found`);
}

/** Puts what was being done before an error's text, and keeps everything else of it. */
export function prefixed(error: unknown, prefix: string): PintleError {
  if (error instanceof PintleError) {
    return new PintleError(error.code, `${prefix}${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      data: error.data,
      cause: error,
    });
  }
  if (error instanceof GoError)
    return new PintleError('REGISTRY_FAILED', `${prefix}${error.message}`, { cause: error });
  throw error;
}

/** Runs one step of a copy; its fault says which step on which side it was. Go: oras-go copyerror.go */
export async function step<T>(op: string, side: 'source' | 'destination', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw prefixed(error, `failed to perform ${quote(op)} on ${side}: `);
  }
}

/** Works on an answer's headers; where they are wrong, its body is given up, which frees the connection. */
export async function orDiscard<T>(answer: HttpAnswer, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await answer.discard();
    throw error;
  }
}
