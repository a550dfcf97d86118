/**
 * Plugins that are WebAssembly modules. Each call runs in a process of its own, which can be ended whatever the
 * module does, and whose memory has a limit. Go: helm internal/plugin/runtime_extismv1.go
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { decodeBase64, encodeBase64 } from '../../go/base64.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { marshalJson, unmarshalJson } from '../../go/json.ts';
import { quote } from '../../go/quote.ts';
import { fromPlain, type Value } from '../../go/value.ts';
import type { Log } from '../../host.ts';
import type { WasmConfig } from '../../plugin/metadata.ts';
import { ownCommand } from '../own-program.ts';
import { type Plugin, WASM_FILE } from './discover.ts';
import { type PluginWorld, pluginEnvironment, pluginTimeout } from './environment.ts';
import type { PluginGetterOptions } from './getter-options.ts';
import { type ProgramOptions, runProgram } from './process.ts';
import { Collector, type Streams } from './streams.ts';

/** The hidden command of ours that is the process around a module. */
export const WASM_HOST_COMMAND = '__wasm-plugin';

/** What no plugin.yaml can raise. A page has 64 KiB. */
const MAX_PAGES = 4096;
const MAX_HTTP_BYTES = 64 * 1024 * 1024;
const MAX_VAR_BYTES = 64 * 1024 * 1024;
const MAX_OUTPUT = 256 * 1024 * 1024;

/** What the process around a module is told. */
export interface WasmRequest {
  readonly plugin: string;
  readonly file: string;
  readonly entry: string;
  /** JSON. */
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
  readonly allowedHosts: readonly string[];
  /** A folder that the module sees as /tmp. */
  readonly folder?: string;
  /** Of 64 KiB each. */
  readonly maxPages: number;
  /** Bytes that may be allocated outside the module's own memory. */
  readonly maxBytes: number;
  readonly maxHttpBytes: number;
  readonly maxVarBytes: number;
}

/** What it answers, as a line of JSON. */
export interface WasmAnswer {
  readonly exitCode: number;
  /** Base64. */
  readonly output?: string;
  readonly error?: string;
  /** Lines that the module logged. */
  readonly logs?: readonly string[];
}

const SILENT: Pick<Streams, 'stdin' | 'stdout' | 'stderr'> = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' };

/** Runs a command plugin. */
export async function runWasmCommand(
  plugin: Plugin,
  config: WasmConfig,
  args: readonly string[],
  world: PluginWorld,
  streams: Streams,
  log: Log,
): Promise<void> {
  await invoke(plugin, config, { extraArgs: [...args] }, world, streams, log);
}

interface GetterCall {
  readonly href: string;
  readonly scheme: string;
  readonly options: PluginGetterOptions;
}

/** What is behind a URL. */
export async function runWasmGetter(
  plugin: Plugin,
  config: WasmConfig,
  { href, scheme, options }: GetterCall,
  world: PluginWorld,
  log: Log,
): Promise<Uint8Array> {
  const message = { href, protocol: scheme, options: getterOptions(options) };
  const streams = { ...SILENT, ...(options.timeout === undefined ? {} : { timeout: options.timeout }) };
  return bytesOf(plugin, await invoke(plugin, config, message, world, streams, log), 'data');
}

/** By the names of the fields of Go's struct. Go: schema/getter.go GetterOptionsV1 */
function getterOptions(options: PluginGetterOptions): Record<string, unknown> {
  return {
    URL: options.url ?? '',
    CertFile: options.certFile ?? '',
    KeyFile: options.keyFile ?? '',
    CAFile: options.caFile ?? '',
    UNTar: options.untar ?? false,
    InsecureSkipVerifyTLS: options.insecureSkipTlsVerify ?? false,
    PlainHTTP: options.plainHttp ?? false,
    AcceptHeader: options.accept ?? '',
    Username: options.username ?? '',
    Password: options.password ?? '',
    PassCredentialsAll: options.passCredentials ?? false,
    UserAgent: options.userAgent ?? '',
    Version: options.version ?? '',
    Timeout: (options.timeout ?? 0) * 1_000_000,
  };
}

interface RenderCall {
  readonly manifests: string;
  readonly args: readonly string[];
}

/**
 * What a post-renderer makes of manifests. They go there and back as base64; Helm's own message has a Go buffer in
 * their place, which no JSON comes of.
 */
export async function runWasmPostRenderer(
  plugin: Plugin,
  config: WasmConfig,
  { manifests, args }: RenderCall,
  world: PluginWorld,
  log: Log,
): Promise<string> {
  const message = { manifests: encodeBase64(encodeBytes(manifests)), extraArgs: [...args] };
  return decodeBytes(bytesOf(plugin, await invoke(plugin, config, message, world, SILENT, log), 'manifests'));
}

function bytesOf(plugin: Plugin, message: Value, field: string): Uint8Array {
  const text = message instanceof Map ? (message.get(field) ?? '') : '';
  const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
  if (bytes instanceof Uint8Array) return bytes;
  const name = plugin.metadata.name;
  throw new PintleError('PLUGIN_FAILED', `invalid output message from plugin ${quote(name)}: ${field} is no base64`);
}

async function invoke(
  plugin: Plugin,
  config: WasmConfig,
  message: Record<string, unknown>,
  world: PluginWorld,
  streams: Pick<ProgramOptions, 'stdin' | 'stdout' | 'stderr' | 'timeout'>,
  log: Log,
): Promise<Value> {
  const { name } = plugin.metadata;
  const [unknown] = config.hostFunctions ?? [];
  if (unknown !== undefined) throw failed(`plugin requested host function ${quote(unknown)} not found`);
  const folder = config.createTempDir ? mkdtempSync(join(tmpdir(), 'helm-plugin-')) : undefined;
  try {
    const env = await pluginEnvironment(plugin, world);
    const request = requestOf(plugin, config, marshalJson(fromPlain(message)), env, folder);
    log.log('DEBUG', 'plugin input', { plugin: name, inputData: request.input });
    const answer = await callHost(request, world, {
      ...streams,
      timeout: least(config.timeout, streams.timeout ?? pluginTimeout(world.env)),
    });
    for (const line of answer.logs ?? []) log.log('DEBUG', line, { plugin: name });
    return messageOf(name, answer, log);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function failed(message: string, data: Readonly<Record<string, unknown>> = {}): PintleError {
  return new PintleError('PLUGIN_FAILED', message, { data });
}

/** What the plugin asks for, where it asks for less than we allow. */
function least(asked: number | bigint, ours: number): number {
  const wanted = Number(asked);
  return wanted > 0 ? Math.min(wanted, ours) : ours;
}

function pages({ memory }: WasmConfig): number {
  return least(memory.maxPages, MAX_PAGES);
}

function requestOf(
  plugin: Plugin,
  config: WasmConfig,
  input: string,
  env: ReadonlyMap<string, string>,
  folder: string | undefined,
): WasmRequest {
  return {
    plugin: plugin.metadata.name,
    file: join(plugin.dir, WASM_FILE),
    entry: config.entryFuncName || 'helm_plugin_main',
    input,
    env: Object.fromEntries(env),
    config: Object.fromEntries(config.config ?? []),
    allowedHosts: config.allowedHosts ?? [],
    ...(folder === undefined ? {} : { folder }),
    maxPages: pages(config),
    maxBytes: pages(config) * 65_536,
    maxHttpBytes: least(config.memory.maxHttpResponseBytes, MAX_HTTP_BYTES),
    maxVarBytes: least(config.memory.maxVarBytes, MAX_VAR_BYTES),
  };
}

async function callHost(
  request: WasmRequest,
  { program }: PluginWorld,
  streams: Pick<ProgramOptions, 'stdin' | 'stdout' | 'stderr' | 'timeout'>,
): Promise<WasmAnswer> {
  const output = new Collector(request.plugin, MAX_OUTPUT);
  const { command, args } = ownCommand(program, ['--disable-warning=ExperimentalWarning']);
  const { code } = await runProgram({
    plugin: request.plugin,
    command,
    args: [...args, WASM_HOST_COMMAND],
    // The host needs nothing of the environment; the module gets its own by the request.
    env: new Map(process.env['PATH'] === undefined ? [] : [['PATH', process.env['PATH']]]),
    ...streams,
    pipes: { input: Buffer.from(JSON.stringify(request)), output: output.add },
  });
  const text = decodeBytes(output.bytes());
  if (text.endsWith('\n')) return JSON.parse(text) as WasmAnswer;
  throw failed(`plugin error: the process around plugin ${quote(request.plugin)} ended with ${code}`, { code });
}

function messageOf(name: string, { exitCode, error, output = '' }: WasmAnswer, log: Log): Value {
  if (error !== undefined) throw failed(`plugin error: ${error}`);
  if (exitCode !== 0) throw failed(`plugin ${quote(name)} exited with error`, { plugin: name, exitCode });
  const text = decodeBytes(Buffer.from(output, 'base64'));
  log.log('DEBUG', 'plugin output', { plugin: name, exitCode, outputData: text });
  try {
    return unmarshalJson(text);
  } catch (cause) {
    throw failed(`failed to json marshal plugin output message: reflect.Value: ${(cause as Error).message}`);
  }
}
