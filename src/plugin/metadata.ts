/** What a plugin.yaml says, in the one form that both of its formats lead to. Go: helm internal/plugin/metadata.go */
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { parseStrictVersion } from '../go/semver.ts';

/** The name of the file that makes a folder a plugin. */
export const PLUGIN_FILE = 'plugin.yaml';

export type PluginType = 'cli/v1' | 'getter/v1' | 'postrenderer/v1' | 'test/v1';

/** A command for one kind of machine. Fields that were not written are not there. */
export interface PlatformCommand {
  readonly os?: string;
  readonly arch?: string;
  readonly command?: string;
  readonly args?: readonly string[];
}

/** The command that fetches URLs of some schemes. */
export interface ProtocolCommand {
  readonly protocols?: readonly string[];
  readonly platformCommand?: readonly PlatformCommand[];
}

/** A plugin that is a program. */
export interface SubprocessConfig {
  readonly runtime: 'subprocess';
  readonly platformCommand?: readonly PlatformCommand[];
  readonly platformHooks?: ReadonlyMap<string, readonly PlatformCommand[]>;
  readonly protocolCommands?: readonly ProtocolCommand[];
  /** Whether variables in the arguments of hooks are replaced: not in the shell texts of legacy plugins. */
  readonly expandHookArgs: boolean;
}

/** A plugin that is a WebAssembly module. */
export interface WasmConfig {
  readonly runtime: 'extism/v1';
  readonly memory: {
    readonly maxPages: number;
    readonly maxHttpResponseBytes: number | bigint;
    readonly maxVarBytes: number | bigint;
  };
  readonly config?: ReadonlyMap<string, string>;
  readonly allowedHosts?: readonly string[];
  readonly createTempDir: boolean;
  /** In milliseconds; 0 where the plugin says nothing. */
  readonly timeout: number | bigint;
  readonly hostFunctions?: readonly string[];
  readonly entryFuncName: string;
}

/** What commands and help say about a cli/v1 plugin. */
export interface CliConfig {
  readonly type: 'cli/v1';
  readonly usage: string;
  readonly shortHelp: string;
  readonly longHelp: string;
  readonly ignoreFlags: boolean;
}

export interface GetterConfig {
  readonly type: 'getter/v1';
  readonly protocols?: readonly string[];
}

export type PluginConfig = CliConfig | GetterConfig | { readonly type: 'postrenderer/v1' | 'test/v1' };

export interface PluginMetadata {
  /** `legacy` or `v1`. */
  readonly apiVersion: string;
  readonly name: string;
  readonly type: PluginType;
  readonly runtime: 'subprocess' | 'extism/v1';
  /** Empty where a legacy plugin has none. */
  readonly version: string;
  readonly sourceUrl: string;
  readonly config: PluginConfig;
  readonly runtimeConfig: SubprocessConfig | WasmConfig;
}

/** Go: plugin.go validPluginName */
export function isPluginName(name: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name);
}

export function isStrictVersion(text: string): boolean {
  try {
    parseStrictVersion(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The checks that hold for every plugin.
 *
 * @throws GoError with all faults, one a line. Go: metadata.go Validate
 */
export function validatePlugin({ name, version, config }: PluginMetadata): void {
  const faults: string[] = [];
  if (!isPluginName(name)) faults.push(invalidName(name));
  if (version !== '' && !isStrictVersion(version)) faults.push(invalidVersion(version));
  if (config.type === 'getter/v1') {
    const fault = getterFault(config.protocols ?? []);
    if (fault !== undefined) faults.push(`config validation failed: ${fault}`);
  }
  if (faults.length > 0) throw new GoError(faults.join('\n'));
}

export function invalidName(name: string): string {
  return `invalid plugin name ${quote(name)}: must contain only a-z, A-Z, 0-9, _ and -`;
}

export function invalidVersion(version: string): string {
  return `invalid plugin version ${quote(version)}: must be valid semver`;
}

function getterFault(protocols: readonly string[]): string | undefined {
  if (protocols.length === 0) return 'getter has no protocols';
  const empty = protocols.indexOf('');
  return empty < 0 ? undefined : `getter has empty protocol at index ${empty}`;
}
