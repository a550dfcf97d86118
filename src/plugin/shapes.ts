/** The Go structs that a plugin.yaml is decoded into, with the names that error texts have for them. */
import { BOOL, type Shape, STRING, STRINGS, type StructShape } from './yaml-struct.ts';

const ANY_MAP: Shape = { kind: 'map', type: 'map[string]interface {}', of: { kind: 'any' } };

const PLATFORM_COMMANDS: Shape = {
  kind: 'list',
  type: '[]plugin.PlatformCommand',
  of: {
    kind: 'struct',
    type: 'plugin.PlatformCommand',
    fields: { os: STRING, arch: STRING, command: STRING, args: STRINGS },
  },
};

const PLATFORM_HOOKS: Shape = { kind: 'map', type: 'plugin.PlatformHooks', of: PLATFORM_COMMANDS };

export const API_VERSION: StructShape = { kind: 'struct', type: 'plugin.apiVersion', fields: { apiVersion: STRING } };

export const LEGACY: StructShape = {
  kind: 'struct',
  type: 'plugin.MetadataLegacy',
  fields: {
    name: STRING,
    version: STRING,
    usage: STRING,
    description: STRING,
    platformCommand: PLATFORM_COMMANDS,
    command: STRING,
    ignoreFlags: BOOL,
    platformHooks: PLATFORM_HOOKS,
    hooks: { kind: 'map', type: 'plugin.Hooks', of: STRING },
    downloaders: {
      kind: 'list',
      type: '[]plugin.Downloaders',
      of: { kind: 'struct', type: 'plugin.Downloaders', fields: { protocols: STRINGS, command: STRING } },
    },
  },
};

export const V1: StructShape = {
  kind: 'struct',
  type: 'plugin.MetadataV1',
  fields: {
    apiVersion: STRING,
    name: STRING,
    type: STRING,
    runtime: STRING,
    version: STRING,
    sourceURL: STRING,
    config: ANY_MAP,
    runtimeConfig: ANY_MAP,
  },
};

export const CLI_CONFIG: StructShape = {
  kind: 'struct',
  type: 'schema.ConfigCLIV1',
  fields: { usage: STRING, shortHelp: STRING, longHelp: STRING, ignoreFlags: BOOL },
};

export const GETTER_CONFIG: StructShape = {
  kind: 'struct',
  type: 'schema.ConfigGetterV1',
  fields: { protocols: STRINGS },
};

export const POST_RENDERER_CONFIG: StructShape = { kind: 'struct', type: 'schema.ConfigPostRendererV1', fields: {} };

export const TEST_CONFIG: StructShape = { kind: 'struct', type: 'schema.ConfigTestV1', fields: {} };

export const SUBPROCESS_CONFIG: StructShape = {
  kind: 'struct',
  type: 'plugin.RuntimeConfigSubprocess',
  fields: {
    platformCommand: PLATFORM_COMMANDS,
    platformHooks: PLATFORM_HOOKS,
    protocolCommands: {
      kind: 'list',
      type: '[]plugin.SubprocessProtocolCommand',
      of: {
        kind: 'struct',
        type: 'plugin.SubprocessProtocolCommand',
        fields: { protocols: STRINGS, platformCommand: PLATFORM_COMMANDS },
      },
    },
  },
};

export const WASM_CONFIG: StructShape = {
  kind: 'struct',
  type: 'plugin.RuntimeConfigExtismV1',
  fields: {
    memory: {
      kind: 'struct',
      type: 'plugin.RuntimeConfigExtismV1Memory',
      fields: { maxPages: { kind: 'uint32' }, maxHttpResponseBytes: { kind: 'int64' }, maxVarBytes: { kind: 'int64' } },
    },
    config: { kind: 'map', type: 'map[string]string', of: STRING },
    allowedHosts: STRINGS,
    fileSystem: {
      kind: 'struct',
      type: 'plugin.RuntimeConfigExtismV1FileSystem',
      fields: { createTempDir: BOOL },
    },
    timeout: { kind: 'uint64' },
    hostFunctions: STRINGS,
    entryFuncName: STRING,
  },
};
