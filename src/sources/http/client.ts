/**
 * Requests with everything that one wants around them: redirects that give nothing away, tries again, limits of size
 * and time, and errors in Go's words. What puts bytes on a wire is the transport's business. Go: net/http Client
 */
import { PintleError } from '../../errors.ts';
import { formatUrl, type Url } from '../../go/url.ts';
import type { HttpResponse, ProgressLine, TlsOptions, Transport } from '../../host.ts';
import { type Body, readBody } from './body.ts';
import { type Deadline, pause, startDeadline } from './deadline.ts';
import { requestFault, shownUrl } from './fault.ts';
import { basicAuth } from './origin.ts';
import { checkTarget, type Hop, nextHop, parseTarget } from './redirect.ts';
import { isPassing, MAX_RETRIES, retryWait } from './retry.ts';

export { basicAuth, sameOrigin } from './origin.ts';

export interface HttpOptions {
  /** GET if left out. */
  readonly method?: string;
  /** Headers of one's own; on a change of origin all but harmless ones are left behind. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole value of the header; left behind on a change of origin. */
  readonly authorization?: string;
  /** Take `authorization` wherever redirects lead. */
  readonly passCredentials?: boolean;
  readonly body?: Uint8Array;
  readonly tls?: TlsOptions;
  /** How large the body may be, decoded and on the wire; 512 MiB if left out. */
  readonly maxBytes?: number;
  /** How long all may take, the reading of the body included, in milliseconds. */
  readonly totalTimeout?: number;
  /** The longest time without a byte, in milliseconds. */
  readonly idleTimeout?: number;
  /** `public` refuses addresses of this machine, of private networks, and the like, for every hop. */
  readonly addresses?: 'any' | 'public';
  /** Try again after a passing fault; as a rule what is safe to repeat is: GET and HEAD. */
  readonly retry?: boolean;
  readonly redirects?: 'follow' | 'none';
  readonly signal?: AbortSignal;
  /** Is advanced by the bytes that come in; ending it is left to who started it. */
  readonly progress?: ProgressLine;
  /**
   * Ask for a compressed body and undo that. As a rule texts are (`.yaml`, `.yml`, `.json`): a server that says of an
   * archive that it is gzip-encoded, unasked, means the archive itself, and Helm takes it so.
   */
  readonly compression?: boolean;
}

/** An answer whose body is still to be read: with `body` or `bytes`, or else to be given up with `discard`. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** Decoded; ends with an error where it is larger than allowed, or cut off. */
  readonly body: AsyncIterable<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  discard(): Promise<void>;
}

export interface HttpClient {
  /**
   * Any status is an answer.
   *
   * @throws PintleError NETWORK_FAILED where nothing answered, NETWORK_REFUSED where a rule forbids, ABORTED
   */
  request(url: string, options?: HttpOptions): Promise<HttpAnswer>;
}

export interface HttpDefaults {
  readonly userAgent: string;
  readonly totalTimeout?: number;
  readonly idleTimeout?: number;
  /** Waits between two tries; for tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1; for tests. */
  readonly random?: () => number;
}

const MAX_BYTES = 512 * 1024 * 1024;

/** A client that sends through `transport`. */
export function createHttpClient(transport: Transport, defaults: HttpDefaults): HttpClient {
  return {
    async request(url, options = {}) {
      const first = firstHop(url, options, defaults);
      const deadline = startDeadline(options.totalTimeout ?? defaults.totalTimeout, options.signal);
      try {
        return await follow(first, { transport, options, defaults, deadline });
      } catch (error) {
        deadline.stop();
        throw error;
      }
    },
  };
}

interface Call {
  readonly transport: Transport;
  readonly options: HttpOptions;
  readonly defaults: HttpDefaults;
  readonly deadline: Deadline;
}

function firstHop(text: string, options: HttpOptions, defaults: HttpDefaults): Hop {
  const url = parseTarget(text);
  const headers: Record<string, string> = { 'user-agent': defaults.userAgent };
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  const { authorization, body } = options;
  return { method: options.method ?? 'GET', url, headers, authorization, body };
}

async function follow(first: Hop, call: Call): Promise<HttpAnswer> {
  let hop = first;
  for (let sent = 1; ; sent++) {
    checkTarget(hop);
    const decodes = asksForCompression(hop, call.options);
    const response = await sendPatiently(decodes ? compressed(hop) : hop, call);
    const content = bodyOf(response, hop, decodes, call);
    let next: Hop | undefined;
    try {
      if (call.options.redirects !== 'none') {
        next = nextHop(hop, sent, response, call.options.passCredentials === true);
      }
    } catch (error) {
      await content.discard();
      throw error;
    }
    if (next === undefined) return answerOf(response, hop, content);
    await content.drain();
    hop = next;
  }
}

function answerOf({ status, statusText, headers }: HttpResponse, hop: Hop, content: Body): HttpAnswer {
  return {
    status,
    statusText,
    headers,
    url: formatUrl(hop.url),
    body: content,
    bytes: () => content.bytes(),
    discard: () => content.discard(),
  };
}

function bodyOf(response: HttpResponse, hop: Hop, decodes: boolean, { options, deadline }: Call): Body {
  const { maxBytes = MAX_BYTES, progress } = options;
  return readBody(response, { method: hop.method, url: shownUrl(hop.url), decodes, maxBytes, deadline, progress });
}

const TEXTS = /\.(?:ya?ml|json)$/;

/** Whether the body is asked for in compressed form, and so to be decoded. */
function asksForCompression({ method, url, headers }: Hop, { compression }: HttpOptions): boolean {
  // A part of a compressed body cannot be decoded.
  if (method === 'HEAD' || headers['range'] !== undefined || headers['accept-encoding'] !== undefined) return false;
  return compression ?? TEXTS.test(url.path);
}

function compressed(hop: Hop): Hop {
  return { ...hop, headers: { ...hop.headers, 'accept-encoding': 'gzip' } };
}

/** One hop, tried again where that may help. */
async function sendPatiently(hop: Hop, call: Call): Promise<HttpResponse> {
  const { options, defaults, deadline } = call;
  const retries = (options.retry ?? (hop.method === 'GET' || hop.method === 'HEAD')) ? MAX_RETRIES : 0;
  const { sleep = pause, random = Math.random } = defaults;
  for (let attempt = 0; ; attempt++) {
    let retryAfter: string | undefined;
    try {
      const response = await sendOnce(hop, call);
      if (attempt >= retries || !isPassing(response.status)) return response;
      retryAfter = response.headers.get('retry-after');
      await bodyOf(response, hop, false, { ...call, options: {} }).drain();
    } catch (error) {
      if (attempt >= retries || !(error instanceof PintleError) || error.data['passing'] !== true) throw error;
    }
    await sleep(retryWait(attempt, retryAfter, random(), Date.now()), deadline.signal);
  }
}

async function sendOnce(hop: Hop, { transport, options, defaults, deadline }: Call): Promise<HttpResponse> {
  const { method, body } = hop;
  const authorization = hop.authorization ?? userinfoAuth(hop.url);
  const idleTimeout = options.idleTimeout ?? defaults.idleTimeout;
  const over = deadline.fault('send');
  if (over !== undefined) throw requestFault(over.code, method, shownUrl(hop.url), over.reason);
  try {
    return await transport.send({
      method,
      url: formatUrl({ ...hop.url, user: undefined, fragment: '' }),
      headers: authorization === undefined ? hop.headers : { ...hop.headers, authorization },
      signal: deadline.signal,
      ...(body !== undefined && { body }),
      ...(options.tls !== undefined && { tls: options.tls }),
      ...(options.addresses !== undefined && { addresses: options.addresses }),
      ...(idleTimeout !== undefined && { idleTimeout }),
    });
  } catch (error) {
    throw worded(error, hop, deadline);
  }
}

/** A transport's error with the request that it ended. */
function worded(error: unknown, { method, url }: Hop, deadline: Deadline): PintleError {
  const shown = shownUrl(url);
  const over = deadline.fault('send');
  if (over !== undefined) return requestFault(over.code, method, shown, over.reason, { cause: error });
  if (!(error instanceof PintleError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return requestFault('NETWORK_FAILED', method, shown, reason, { cause: error });
  }
  const { code, message, hint, data } = error;
  return requestFault(code, method, shown, message, { data, cause: error, ...(hint !== undefined && { hint }) });
}

/** Go: http Client.send, which takes the user from the URL where there is no other. */
function userinfoAuth({ user }: Url): string | undefined {
  return user && basicAuth(user.username, user.password ?? '');
}
