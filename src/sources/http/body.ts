/** The body of an answer: decoded, counted, and never longer than allowed. */
import { PintleError } from '../../errors.ts';
import { concatBytes } from '../../go/bytes.ts';
import { quote } from '../../go/quote.ts';
import type { HttpResponse, ProgressLine } from '../../host.ts';
import type { Deadline } from './deadline.ts';
import { CUT_TEXT } from './fault.ts';

export interface BodyRules {
  readonly method: string;
  /** For errors. */
  readonly url: string;
  /** Whether Content-Encoding was asked for, and is to be undone. */
  readonly decodes: boolean;
  readonly maxBytes: number;
  readonly deadline: Deadline;
  readonly progress?: ProgressLine | undefined;
}

export interface Body extends AsyncIterable<Uint8Array> {
  bytes(): Promise<Uint8Array>;
  /** Gives up the rest. */
  discard(): Promise<void>;
  /** Reads a short rest, so that the connection can be used again, or gives it up. */
  drain(): Promise<void>;
}

/** A body that is not worth a new connection. */
const SHORT = 16 * 1024;

/** The body of `response`, to be read once. */
export function readBody(response: HttpResponse, rules: BodyRules): Body {
  const raw = response.body[Symbol.asyncIterator]();
  let taken = false;
  const discard = async (): Promise<void> => {
    taken = true;
    rules.deadline.stop();
    // What breaks while it is thrown away is no matter.
    await raw.return?.().catch(() => {});
  };
  const body: Body = {
    [Symbol.asyncIterator]() {
      if (taken) throw new PintleError('NETWORK_FAILED', `${rules.url}: the body of an answer can be read once only`);
      taken = true;
      return decoded(counted(raw, response, rules), response, rules, discard);
    },
    async bytes() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return join(chunks);
    },
    discard,
    async drain() {
      taken = true;
      let size = 0;
      try {
        while (size <= SHORT) {
          const { done, value } = await raw.next();
          if (done) return;
          size += value.length;
        }
        await raw.return?.();
      } catch {
        // The connection is gone, and nobody wanted the rest.
      }
    },
  };
  return body;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  return concatBytes(chunks);
}

/** What comes over the wire, compared with what the headers say. */
async function* counted(
  raw: AsyncIterator<Uint8Array>,
  response: HttpResponse,
  rules: BodyRules,
): AsyncGenerator<Uint8Array, void, undefined> {
  const declared = declaredLength(response, rules);
  let size = 0;
  try {
    if (declared !== undefined && declared > rules.maxBytes) throw tooLarge(rules);
    for (;;) {
      const { done, value } = await raw.next();
      if (done) break;
      size += value.length;
      if (size > rules.maxBytes) throw tooLarge(rules);
      rules.progress?.advance(value.length);
      yield value;
    }
    if (declared !== undefined && size < declared) throw new PintleError('NETWORK_FAILED', CUT_TEXT);
  } catch (error) {
    throw bodyFault(error, rules);
  }
}

/** What Content-Length says, where there is a body that it can speak of. */
function declaredLength({ status, headers }: HttpResponse, { method }: BodyRules): number | undefined {
  const text = headers.get('content-length');
  if (text === undefined || !/^\d+$/.test(text) || method === 'HEAD' || status === 204 || status === 304)
    return undefined;
  return Number(text);
}

function tooLarge({ url, maxBytes }: BodyRules): PintleError {
  return new PintleError('NETWORK_REFUSED', `${url}: the answer is larger than ${maxBytes} bytes`, {
    data: { url, limit: maxBytes },
  });
}

function bodyFault(error: unknown, { url, deadline }: BodyRules): PintleError {
  const over = deadline.fault('body');
  if (over !== undefined) return new PintleError(over.code, over.reason, { cause: error, data: { url } });
  if (error instanceof PintleError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new PintleError('NETWORK_FAILED', reason, { cause: error, data: { url } });
}

type Coding = 'gzip' | 'deflate';

/** The one coding to undo; nothing where there is none, or where it was not asked for. */
function codingOf({ headers }: HttpResponse, { decodes, url }: BodyRules): Coding | undefined {
  const codings = (headers.get('content-encoding') ?? '')
    .split(',', 16)
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  const [coding] = codings;
  if (coding === undefined || (!decodes && codings.length === 1)) return undefined;
  if (codings.length === 1 && (coding === 'gzip' || coding === 'x-gzip')) return 'gzip';
  if (codings.length === 1 && coding === 'deflate') return 'deflate';
  const said = headers.get('content-encoding') ?? '';
  throw new PintleError('NETWORK_REFUSED', `${url}: Content-Encoding ${quote(said.slice(0, 100))} is not supported`, {
    data: { url },
  });
}

async function* decoded(
  wire: AsyncGenerator<Uint8Array, void, undefined>,
  response: HttpResponse,
  rules: BodyRules,
  end: () => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const coding = codingOf(response, rules);
    if (coding === undefined) yield* wire;
    else yield* inflate(wire, coding, rules);
  } finally {
    await end();
  }
}

async function* inflate(
  wire: AsyncGenerator<Uint8Array, void, undefined>,
  coding: Coding,
  rules: BodyRules,
): AsyncGenerator<Uint8Array, void, undefined> {
  let wireError: unknown;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await wire.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        wireError = error;
        controller.error(error);
      }
    },
  });
  const reader = source.pipeThrough(new DecompressionStream(coding)).getReader();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.length;
      if (size > rules.maxBytes) throw tooLarge(rules);
      yield value;
    }
  } catch (error) {
    if (wireError !== undefined) throw wireError;
    if (error instanceof PintleError) throw error;
    throw new PintleError('NETWORK_FAILED', `${rules.url}: the compressed answer is broken`, { cause: error });
  } finally {
    await reader.cancel().catch(() => {});
  }
}
