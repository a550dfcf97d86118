import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PintleError } from '../errors.ts';
import { pluginMetadataToYaml } from './metadata-yaml.ts';
import { readPluginYaml } from './read.ts';

interface Recorded {
  readonly yaml: string;
  /** What Helm says; null where it takes the plugin. */
  readonly error: string | null;
}

const path = new URL('../../test/testdata/plugin/plugin-yaml.json', import.meta.url);
const recorded = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Recorded>;

/** Faults that are found beside the file. */
const BESIDE = new Set(['exnone']);

for (const [name, { yaml, error }] of Object.entries(recorded)) {
  test(`plugin.yaml as Helm reads it: ${name}`, () => {
    let found: string | null = null;
    try {
      readPluginYaml(yaml);
    } catch (thrown) {
      assert.ok(thrown instanceof PintleError);
      assert.equal(thrown.code, 'PLUGIN_INVALID');
      found = thrown.message;
    }
    assert.equal(found, BESIDE.has(name) ? null : error);
  });
}

const LEGACY = `
name: leg
version: 1.2.3
usage: "a\\tb\\u0007"
description: long
ignoreFlags: yes
command: run it
hooks: {install: "echo $X"}
futureKey: 1
`;

test('a legacy plugin', () => {
  assert.deepEqual(readPluginYaml(LEGACY), {
    apiVersion: 'legacy',
    name: 'leg',
    version: '1.2.3',
    type: 'cli/v1',
    runtime: 'subprocess',
    sourceUrl: '',
    config: { type: 'cli/v1', usage: '', shortHelp: 'a b', longHelp: 'long', ignoreFlags: true },
    runtimeConfig: {
      runtime: 'subprocess',
      platformCommand: [{ command: 'run it' }],
      platformHooks: new Map([['install', [{ command: 'sh', args: ['-c', 'echo $X'] }]]]),
      expandHookArgs: false,
    },
  });
});

test('a legacy plugin that downloads is a getter', () => {
  const { type, config, runtimeConfig } = readPluginYaml(
    'name: d\ndownloaders: [{command: a b, protocols: [x, y]}, {command: c, protocols: [z]}]',
  );
  assert.equal(type, 'getter/v1');
  assert.deepEqual(config, { type: 'getter/v1', protocols: ['x', 'y', 'z'] });
  assert.deepEqual(runtimeConfig, {
    runtime: 'subprocess',
    protocolCommands: [
      { protocols: ['x', 'y'], platformCommand: [{ command: 'a b' }] },
      { protocols: ['z'], platformCommand: [{ command: 'c' }] },
    ],
    expandHookArgs: true,
  });
});

test('what a Wasm plugin asks for', () => {
  const { runtimeConfig } = readPluginYaml(`
apiVersion: v1
name: w
version: 1.0.0
type: getter/v1
runtime: extism/v1
config: {protocols: [w]}
runtimeConfig:
  memory: {maxPages: 0x10, maxVarBytes: 9007199254740993}
  config: {a: 1, b: yes}
  allowedHosts: [a.example, "*.b.example"]
  fileSystem: {createTempDir: true}
  timeout: 500
`);
  assert.deepEqual(runtimeConfig, {
    runtime: 'extism/v1',
    memory: { maxPages: 16, maxHttpResponseBytes: 0, maxVarBytes: 9007199254740993n },
    config: new Map([
      ['a', '1'],
      ['b', 'yes'],
    ]),
    allowedHosts: ['a.example', '*.b.example'],
    createTempDir: true,
    timeout: 500,
    entryFuncName: '',
  });
});

test('nothing of a key reaches a prototype', () => {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  readPluginYaml('name: p\n__proto__: {polluted: 1}\nhooks: {__proto__: x, constructor: y}\n');
  assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), before);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('aliases and depth end in an error', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [i, c] of [...'bcdefghi'].entries()) {
    const before = 'abcdefgh'[i];
    bomb.push(`${c}: &${c} [${Array(9).fill(`*${before}`).join(', ')}]`);
  }
  const head = 'apiVersion: v1\nname: p\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nconfig:\n';
  assert.throws(() => readPluginYaml(`${head}  ${bomb.join('\n  ')}\n`), /excessive aliasing|too large/);
  assert.throws(() => readPluginYaml(`${head}  usage: ${'['.repeat(5000)}${']'.repeat(5000)}\n`));
});

test('the metadata that is signed', () => {
  assert.equal(
    pluginMetadataToYaml(readPluginYaml(LEGACY)),
    `APIVersion: legacy
Config:
  IgnoreFlags: true
  LongHelp: long
  ShortHelp: a b
  Usage: ""
Name: leg
Runtime: subprocess
RuntimeConfig:
  PlatformCommand:
  - Architecture: ""
    Args: null
    Command: run it
    OperatingSystem: ""
  PlatformHooks:
    install:
    - Architecture: ""
      Args:
      - -c
      - echo $X
      Command: sh
      OperatingSystem: ""
  ProtocolCommands: null
SourceURL: ""
Type: cli/v1
Version: 1.2.3
`,
  );
});
