/**
 * The process around a WebAssembly module: one call, then it ends. The Extism SDK has the interface to the module;
 * what it lacks is added here: limits, the environment, the exit code, and requests that the module waits for.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { WASIOptions } from 'node:wasi';
import type { CallContext, ExtismPluginOptions } from '@extism/extism';
import { ownCommand } from '../own-program.ts';
import type { WasmAnswer, WasmRequest } from './wasm.ts';
import { type FetchAnswer, type FetchRequest, WASM_FETCH_COMMAND } from './wasm-fetch.ts';
import { limitMemory } from './wasm-memory.ts';

const HOST = 'extism:host/env';
/** As much as is kept of what a module logs. */
const MAX_LOG_LINES = 1000;

/** Reads a {@link WasmRequest} from 3 and writes a {@link WasmAnswer} to 4. */
export async function runWasmHost(): Promise<void> {
  const request = JSON.parse(readFileSync(3, 'utf8')) as WasmRequest;
  const bytes = Buffer.from(`${JSON.stringify(await answerTo(request))}\n`);
  for (let at = 0; at < bytes.length; ) at += write(bytes, at);
}

function write(bytes: Buffer, at: number): number {
  try {
    return writeSync(4, bytes, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}

async function answerTo(request: WasmRequest): Promise<WasmAnswer> {
  const logs: string[] = [];
  const exit = { code: 0 };
  try {
    giveEnvironment(request.env);
    catchExitCode(request.entry, exit);
    const { createPlugin } = await import('@extism/extism');
    const options: ExtismPluginOptions = {
      useWasi: true,
      enableWasiOutput: true,
      config: request.config,
      allowedPaths: request.folder === undefined ? {} : { '/tmp': request.folder },
      logger: logger(logs),
      functions: { [HOST]: { ...limited(request), ...web(request), ...logging(logs) } },
    };
    const data = limitMemory(readFileSync(request.file), request.maxPages);
    const plugin = await createPlugin({ wasm: [{ data }] }, options);
    const output = await plugin.call(request.entry, request.input);
    const text = output === null ? '' : Buffer.from(output.bytes()).toString('base64');
    return { exitCode: exit.code, output: text, logs };
  } catch (error) {
    return { exitCode: 1, error: errorText((error as Error).message), logs };
  }
}

/** In the words of Extism's SDK for Go. */
function errorText(message: string): string {
  const missing = /^Plugin error: (?:target|function) "([^"]*)" does not exist$/.exec(message);
  return missing === null ? message.replace(/^Plugin-originated error: /, '') : `unknown function: ${missing[1]}`;
}

function logger(logs: string[]): Console {
  const log = (line: unknown): void => add(logs, String(line));
  return { trace: log, debug: log, info: log, log, warn: log, error: log } as unknown as Console;
}

function add(logs: string[], line: string): void {
  if (logs.length < MAX_LOG_LINES) logs.push(line.slice(0, 10_000));
}

/** What newer modules log with. Levels: 0 is all, 1 leaves traces out. */
function logging(logs: string[]): Record<string, HostFunction> {
  return {
    get_log_level: () => 1,
    log_trace: (context, address) => {
      add(logs, context.read(address)?.string() ?? '');
      return undefined;
    },
  };
}

/** The SDK gives modules no environment. */
function giveEnvironment(env: Readonly<Record<string, string>>): void {
  const wasi = process.getBuiltinModule('node:wasi');
  const { WASI } = wasi;
  wasi.WASI = class extends WASI {
    constructor(options: WASIOptions) {
      super({ ...options, env: { ...env } });
    }
  };
  syncBuiltinESMExports();
}

/** The SDK calls the module's function and does not look at what it returns. */
function catchExitCode(entry: string, exit: { code: number }): void {
  const { instantiate } = WebAssembly;
  const patched = async (...args: Parameters<typeof instantiate>): Promise<unknown> => {
    const instance = (await instantiate(...args)) as unknown as WebAssembly.Instance;
    const original = instance.exports[entry];
    if (typeof original !== 'function') return instance;
    const call = (): unknown => {
      const result = original();
      if (typeof result === 'number') exit.code = result;
      return result;
    };
    return { exports: { ...instance.exports, [entry]: call } };
  };
  WebAssembly.instantiate = patched as typeof instantiate;
}

type HostFunction = (context: CallContext, ...args: bigint[]) => bigint | number | undefined;

/** Memory that a module has allocated for it outside its own. */
function limited({ maxBytes, maxVarBytes }: WasmRequest): Record<string, HostFunction> {
  let allocated = 0;
  const sizes = new Map<string, number>();
  return {
    alloc: (context, size) => {
      allocated += Number(size);
      if (!(allocated <= maxBytes)) throw new Error(`plugin allocated more than ${maxBytes} bytes`);
      return context.alloc(size);
    },
    var_set: (context, name, value) => {
      const key = context.read(name)?.string() ?? '';
      sizes.set(key, value === 0n ? 0 : Number(context.length(value)));
      const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      if (total > maxVarBytes) throw new Error(`plugin keeps more than ${maxVarBytes} bytes in variables`);
      context.setVariable(key, context.read(value)?.bytes().slice() ?? new Uint8Array(0));
      return undefined;
    },
  };
}

/** Requests that the module waits for, by a process that makes one. */
function web({ allowedHosts, maxHttpBytes, env }: WasmRequest): Record<string, HostFunction> {
  let last: FetchAnswer | undefined;
  return {
    http_request: (context, address, body) => {
      const { url = '', method = 'GET', headers, header } = context.read(address)?.json() ?? {};
      const content = body === 0n ? undefined : context.read(body)?.bytes();
      const request: FetchRequest = {
        url: String(url),
        method: String(method),
        headers: headers ?? header ?? {},
        allowedHosts,
        maxBytes: maxHttpBytes,
        ...(content === undefined ? {} : { body: Buffer.from(content).toString('base64') }),
      };
      last = fetchSync(request, env);
      // A copy: the SDK takes the whole of the memory that the bytes are a part of.
      return context.store(Uint8Array.from(Buffer.from(last.body ?? '', 'base64')));
    },
    http_status_code: () => last?.status ?? 0,
    http_headers: (context) => (last === undefined ? 0n : context.store(JSON.stringify(last.headers ?? {}))),
  };
}

function fetchSync(request: FetchRequest, env: Readonly<Record<string, string>>): FetchAnswer {
  const { command, args } = ownCommand();
  const { stdout, status } = spawnSync(command, [...args, WASM_FETCH_COMMAND], {
    input: JSON.stringify(request),
    env,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  if (status !== 0) throw new Error(`HTTP request to ${JSON.stringify(request.url)} failed`);
  const answer = JSON.parse(stdout.toString('utf8')) as FetchAnswer;
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}
