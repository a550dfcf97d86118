/** plugin.yaml, read: the format without apiVersion and v1. Go: helm internal/plugin/loader.go, metadata_*.go */
import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import type { GoMap } from '../go/value.ts';
import { toYamlPretty } from '../yaml/emit.ts';
import {
  invalidName,
  invalidVersion,
  isPluginName,
  isStrictVersion,
  type PlatformCommand,
  type PluginConfig,
  type PluginMetadata,
  type PluginType,
  type ProtocolCommand,
  type SubprocessConfig,
  validatePlugin,
  type WasmConfig,
} from './metadata.ts';
import {
  API_VERSION,
  CLI_CONFIG,
  GETTER_CONFIG,
  LEGACY,
  POST_RENDERER_CONFIG,
  SUBPROCESS_CONFIG,
  TEST_CONFIG,
  V1,
  WASM_CONFIG,
} from './shapes.ts';
import { type Decoded, decodeYaml, type StructShape } from './yaml-struct.ts';

/**
 * Reads a plugin.yaml.
 *
 * @throws PintleError PLUGIN_INVALID with Helm's text.
 */
export function readPluginYaml(text: string): PluginMetadata {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('PLUGIN_INVALID', error.message, { cause: error });
  }
}

function read(text: string): PluginMetadata {
  const apiVersion = peekApiVersion(text);
  if (apiVersion !== '' && apiVersion !== 'v1') throw new GoError(`invalid plugin apiVersion: ${quote(apiVersion)}`);
  const metadata = apiVersion === '' ? readLegacy(decodeYaml(LEGACY, text)) : readV1(text);
  validatePlugin(metadata);
  return metadata;
}

function peekApiVersion(text: string): string {
  try {
    return string(decodeYaml(API_VERSION, text), 'apiVersion');
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`failed to peek plugin.yaml API version: ${error.message}`);
  }
}

function string(fields: Decoded, name: string): string {
  return (fields[name] as string | undefined) ?? '';
}

function list<T>(fields: Decoded, name: string): readonly T[] | undefined {
  return fields[name] as readonly T[] | undefined;
}

/** A field as it is, or nothing at all. */
function optional<K extends string, T>(name: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: T };
}

interface Downloader {
  readonly command?: string;
  readonly protocols?: readonly string[];
}

function readLegacy(fields: Decoded): PluginMetadata {
  const name = string(fields, 'name');
  const version = string(fields, 'version');
  if (!isPluginName(name)) throw new GoError(invalidName(name));
  if (version !== '' && !isStrictVersion(version)) throw new GoError(invalidVersion(version));
  const downloaders = list<Downloader>(fields, 'downloaders') ?? [];
  const platformCommand = list<PlatformCommand>(fields, 'platformCommand');
  const platformHooks = fields['platformHooks'] as ReadonlyMap<string, readonly PlatformCommand[]> | undefined;
  const hooks = fields['hooks'] as ReadonlyMap<string, string> | undefined;
  if (platformCommand?.length && string(fields, 'command') !== '') {
    throw new GoError('both platformCommand and command are set');
  }
  if (platformHooks?.size && hooks?.size) throw new GoError('both platformHooks and hooks are set');
  checkDownloaders(downloaders);
  const type = downloaders.length > 0 ? 'getter/v1' : 'cli/v1';
  return {
    apiVersion: 'legacy',
    name,
    version,
    type,
    runtime: 'subprocess',
    sourceUrl: '',
    config: type === 'cli/v1' ? legacyCli(fields) : legacyGetter(downloaders),
    runtimeConfig: legacyRuntime(fields, downloaders),
  };
}

function checkDownloaders(downloaders: readonly Downloader[]): void {
  for (const [i, { command = '', protocols = [] }] of downloaders.entries()) {
    if (command === '') throw new GoError(`downloader ${i} has empty command`);
    if (protocols.length === 0) throw new GoError(`downloader ${i} has no protocols`);
    const empty = protocols.indexOf('');
    if (empty >= 0) throw new GoError(`downloader ${i} has empty protocol at index ${empty}`);
  }
}

function legacyCli(fields: Decoded): PluginConfig {
  return {
    type: 'cli/v1',
    usage: '',
    shortHelp: printable(string(fields, 'usage')),
    longHelp: string(fields, 'description'),
    ignoreFlags: fields['ignoreFlags'] === true,
  };
}

/** Go: metadata_legacy.go sanitizeString */
function printable(text: string): string {
  return text.replace(/[\t-\r\x85\p{Z}]/gu, ' ').replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '');
}

function legacyGetter(downloaders: readonly Downloader[]): PluginConfig {
  return { type: 'getter/v1', protocols: downloaders.flatMap(({ protocols = [] }) => protocols) };
}

function legacyRuntime(fields: Decoded, downloaders: readonly Downloader[]): SubprocessConfig {
  const command = string(fields, 'command');
  let platformCommand = list<PlatformCommand>(fields, 'platformCommand');
  if (!platformCommand?.length && command !== '') platformCommand = [{ command }];
  let platformHooks = fields['platformHooks'] as SubprocessConfig['platformHooks'];
  const hooks = fields['hooks'] as ReadonlyMap<string, string> | undefined;
  const shell = !platformHooks?.size && hooks !== undefined && hooks.size > 0;
  if (shell) {
    const entries = [...hooks].map(([event, text]) => [event, [{ command: 'sh', args: ['-c', text] }]] as const);
    platformHooks = new Map(entries);
  }
  const protocolCommands = downloaders.map(({ protocols, command }) => ({
    ...optional('protocols', protocols),
    platformCommand: [{ ...optional('command', command) }],
  }));
  return {
    runtime: 'subprocess',
    ...optional('platformCommand', platformCommand),
    ...optional('platformHooks', platformHooks),
    ...optional('protocolCommands', protocolCommands.length > 0 ? protocolCommands : undefined),
    expandHookArgs: !shell,
  };
}

function readV1(text: string): PluginMetadata {
  const fields = decodeYaml(V1, text, { strict: true });
  const name = string(fields, 'name');
  const version = string(fields, 'version');
  const type = string(fields, 'type');
  const runtime = string(fields, 'runtime');
  if (!isPluginName(name)) throw new GoError('invalid plugin `name`');
  if (version === '') throw new GoError('plugin `version` is required');
  if (!isStrictVersion(version)) {
    throw new GoError(`invalid plugin \`version\` ${quote(version)}: must be valid semver`);
  }
  if (type === '') throw new GoError('`type` missing');
  if (runtime === '') throw new GoError('`runtime` missing');
  try {
    const config = readConfig(type, fields['config'] as GoMap | undefined);
    const runtimeConfig = readRuntimeConfig(runtime, fields['runtimeConfig'] as GoMap | undefined);
    const sourceUrl = string(fields, 'sourceURL');
    const { runtime: checked } = runtimeConfig;
    return { apiVersion: 'v1', name, version, type: config.type, runtime: checked, sourceUrl, config, runtimeConfig };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`failed to convert MetadataV1 to Metadata: ${error.message}`);
  }
}

const CONFIG_SHAPES: Readonly<Record<PluginType, StructShape>> = {
  'cli/v1': CLI_CONFIG,
  'getter/v1': GETTER_CONFIG,
  'postrenderer/v1': POST_RENDERER_CONFIG,
  'test/v1': TEST_CONFIG,
};

/** The line numbers of its faults count in the config alone, its keys sorted. Go: config.go unmarshalConfig */
function readConfig(type: string, config: GoMap | undefined): PluginConfig {
  if (!Object.hasOwn(CONFIG_SHAPES, type)) throw new GoError(`unknown plugin type ${quote(type)}`);
  const known = type as PluginType;
  const fields = decodeYaml(CONFIG_SHAPES[known], toYamlPretty(config ?? new Map()), { strict: true });
  if (known === 'getter/v1') return { type: known, ...optional('protocols', list<string>(fields, 'protocols')) };
  if (known !== 'cli/v1') return { type: known };
  return {
    type: known,
    usage: string(fields, 'usage'),
    shortHelp: string(fields, 'shortHelp'),
    longHelp: string(fields, 'longHelp'),
    ignoreFlags: fields['ignoreFlags'] === true,
  };
}

function readRuntimeConfig(runtime: string, config: GoMap | undefined): SubprocessConfig | WasmConfig {
  if (runtime !== 'subprocess' && runtime !== 'extism/v1') {
    throw new GoError(`unsupported plugin runtime type: ${quote(runtime)}`);
  }
  try {
    const text = toYamlPretty(config ?? new Map());
    return runtime === 'subprocess'
      ? subprocess(decodeYaml(SUBPROCESS_CONFIG, text))
      : wasm(decodeYaml(WASM_CONFIG, text));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`failed to unmarshal runtimeConfig for ${runtime} runtime: ${error.message}`);
  }
}

function subprocess(fields: Decoded): SubprocessConfig {
  return {
    runtime: 'subprocess',
    ...optional('platformCommand', list<PlatformCommand>(fields, 'platformCommand')),
    ...optional('platformHooks', fields['platformHooks'] as SubprocessConfig['platformHooks']),
    ...optional('protocolCommands', list<ProtocolCommand>(fields, 'protocolCommands')),
    expandHookArgs: false,
  };
}

function wasm(fields: Decoded): WasmConfig {
  const memory = (fields['memory'] ?? {}) as Decoded;
  const number = (from: Decoded, name: string): number | bigint => (from[name] as number | bigint | undefined) ?? 0;
  return {
    runtime: 'extism/v1',
    memory: {
      maxPages: Number(number(memory, 'maxPages')),
      maxHttpResponseBytes: number(memory, 'maxHttpResponseBytes'),
      maxVarBytes: number(memory, 'maxVarBytes'),
    },
    ...optional('config', fields['config'] as ReadonlyMap<string, string> | undefined),
    ...optional('allowedHosts', list<string>(fields, 'allowedHosts')),
    createTempDir: ((fields['fileSystem'] ?? {}) as Decoded)['createTempDir'] === true,
    timeout: number(fields, 'timeout'),
    ...optional('hostFunctions', list<string>(fields, 'hostFunctions')),
    entryFuncName: string(fields, 'entryFuncName'),
  };
}
