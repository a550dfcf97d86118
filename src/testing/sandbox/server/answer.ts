/** Answers of the sandbox as they go over the wire. */
import { type Json, printJson } from '../../../cluster/json.ts';
import type { ApiAnswer } from '../../../cluster/types.ts';

/** An answer before it is bytes. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | string | AsyncIterable<Uint8Array>;
}

export function jsonAnswer(status: number, body: Json, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

export function textAnswer(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: body as string };
}

/** Warnings as the server sends them. Go: apimachinery/pkg/util/net NewWarningHeader */
export function warningHeaders(warnings: readonly string[]): Record<string, string> {
  if (warnings.length === 0) return {};
  return { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
}

const encoder = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export function sendAnswer(answer: Answer, date: string): ApiAnswer {
  const { status, headers, body } = answer;
  const isStream = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
  const stream = isStream
    ? (body as AsyncIterable<Uint8Array>)
    : once(bytesOf(headers['content-type']?.startsWith('text/') ? (body as string) : `${printJson(body as Json)}\n`));
  return { status, headers: new Map(Object.entries({ ...headers, date })), body: stream };
}
