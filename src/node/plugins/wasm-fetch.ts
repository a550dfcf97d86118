/** One request for a WebAssembly module, made by a process of its own so that the module can wait for it. */
import { readFileSync, writeSync } from 'node:fs';
import { compileGlob } from '../../go/glob.ts';
import { nodeHttpClient } from '../http/client.ts';

/** The hidden command of ours that is this process. */
export const WASM_FETCH_COMMAND = '__wasm-fetch';

export interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly allowedHosts: readonly string[];
  readonly maxBytes: number;
  /** Base64. */
  readonly body?: string;
}

export interface FetchAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body?: string;
  readonly error?: string;
}

const MAX_REDIRECTS = 10;

/** Reads a {@link FetchRequest} and writes a {@link FetchAnswer}. */
export async function runWasmFetch(): Promise<void> {
  const request = JSON.parse(readFileSync(0, 'utf8')) as FetchRequest;
  const bytes = Buffer.from(JSON.stringify(await answerTo(request)));
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

async function answerTo(request: FetchRequest): Promise<FetchAnswer> {
  try {
    return await follow(request);
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Follows redirects to hosts that are allowed. */
async function follow(request: FetchRequest): Promise<FetchAnswer> {
  const http = nodeHttpClient({ env: process.env });
  let { url, method } = request;
  let body = request.body === undefined ? undefined : Buffer.from(request.body, 'base64');
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    checkHost(url, request.allowedHosts);
    const answer = await http.request(url, {
      method,
      headers: request.headers,
      redirects: 'none',
      maxBytes: request.maxBytes,
      ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }),
    });
    const location = answer.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) {
      const bytes = Buffer.from(await answer.bytes());
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: bytes.toString('base64') };
    }
    await answer.discard();
    url = new URL(location, url).href;
    if (answer.status < 307 && method !== 'HEAD') {
      method = 'GET';
      body = undefined;
    }
  }
  throw new Error('stopped after 10 redirects');
}

function checkHost(url: string, allowed: readonly string[]): void {
  const host = new URL(url).hostname;
  if (allowed.some((pattern) => pattern === host || compileGlob(pattern)?.(host))) return;
  throw new Error(
    `HTTP request to ${JSON.stringify(url)} is not allowed (no allowedHosts match ${JSON.stringify(host)})`,
  );
}
