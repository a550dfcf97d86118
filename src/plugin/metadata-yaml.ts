/** What a plugin's provenance file says of the plugin: Go's structs, by the names of their fields. */
import { type GoMap, int, type Value } from '../go/value.ts';
import { toYaml } from '../yaml/emit.ts';
import type { PlatformCommand, PluginConfig, PluginMetadata, SubprocessConfig, WasmConfig } from './metadata.ts';

/** Go: helm internal/plugin/sign.go SignPlugin, yaml.Marshal of Metadata */
export function pluginMetadataToYaml(metadata: PluginMetadata): string {
  const { apiVersion, name, type, runtime, version, sourceUrl, config, runtimeConfig } = metadata;
  return toYaml(
    map({
      APIVersion: apiVersion,
      Name: name,
      Type: type,
      Runtime: runtime,
      Version: version,
      SourceURL: sourceUrl,
      Config: configValue(config),
      RuntimeConfig: runtimeConfig.runtime === 'subprocess' ? subprocess(runtimeConfig) : wasm(runtimeConfig),
    }),
  );
}

function map(fields: Readonly<Record<string, Value>>): GoMap {
  return new Map(Object.entries(fields));
}

/** A slice that was never made is null. */
function list<T>(items: readonly T[] | undefined, value: (item: T) => Value): Value {
  return items === undefined ? null : items.map(value);
}

function strings(items: readonly string[] | undefined): Value {
  return list(items, (item) => item);
}

function configValue(config: PluginConfig): Value {
  if (config.type === 'getter/v1') return map({ Protocols: strings(config.protocols) });
  if (config.type !== 'cli/v1') return new Map();
  const { usage, shortHelp, longHelp, ignoreFlags } = config;
  return map({ Usage: usage, ShortHelp: shortHelp, LongHelp: longHelp, IgnoreFlags: ignoreFlags });
}

function subprocess({ platformCommand, platformHooks, protocolCommands }: SubprocessConfig): Value {
  const hooks = platformHooks && new Map([...platformHooks].map(([event, list]) => [event, commands(list)] as const));
  return map({
    PlatformCommand: commands(platformCommand),
    PlatformHooks: hooks ?? null,
    ProtocolCommands: list(protocolCommands, (entry) =>
      map({ Protocols: strings(entry.protocols), PlatformCommand: commands(entry.platformCommand) }),
    ),
  });
}

function commands(items: readonly PlatformCommand[] | undefined): Value {
  return list(items, ({ os = '', arch = '', command = '', args }) =>
    map({ OperatingSystem: os, Architecture: arch, Command: command, Args: strings(args) }),
  );
}

function wasm(config: WasmConfig): Value {
  const { memory } = config;
  return map({
    Memory: map({
      MaxPages: int(memory.maxPages),
      MaxHTTPResponseBytes: int(memory.maxHttpResponseBytes),
      MaxVarBytes: int(memory.maxVarBytes),
    }),
    Config: config.config === undefined ? null : (new Map(config.config) as GoMap),
    AllowedHosts: strings(config.allowedHosts),
    FileSystem: map({ CreateTempDir: config.createTempDir }),
    Timeout: int(config.timeout),
    HostFunctions: strings(config.hostFunctions),
    EntryFuncName: config.entryFuncName,
  });
}
