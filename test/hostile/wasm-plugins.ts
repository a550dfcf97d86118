/** Row E3: plugins that are WebAssembly modules. What plugin.yaml asks for raises no limit of ours. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, type Row, refused, SECRET } from './frame.ts';
import { again, call, FOREVER, get, i32, i64, set, text, wasm } from './wasm.ts';

/** Seconds that a module may take, given to Pintle; the row allows a quarter more for the end. */
const LIMIT = 2;
/** A process starts before its time does, and another for the module: seconds, on a machine that has other work. */
const START = 2.5;

interface Module {
  readonly name: string;
  readonly module: Uint8Array;
  /** What plugin.yaml says of its runtime. */
  readonly config?: string;
  readonly says: RegExp;
  readonly more?: Partial<Case>;
}

const ENDS = /did not end within 2s/;
const LOOP = wasm([], [...FOREVER, ...i32(0)]);
const WALL = { wall: LIMIT + 0.25 + START, seconds: LIMIT + 2 };
const GROW = again([...i32(1000), 0x40, 0, 0x1a]);
const OUTPUT = [
  ...[...i64(1_000_000_000), ...call(0), ...set(1)],
  ...[...get(1), ...i64(1_000_000_000), ...call(2), ...i32(0)],
];
const ALLOCATE = ['alloc', 'store_u8', 'output_set'];

function asks(url: string): Uint8Array {
  const body = [
    ...text(JSON.stringify({ url, method: 'GET' }), 0, 1),
    ...get(1),
    ...i64(0),
    ...call(2),
    0x1a,
    ...i32(0),
  ];
  return wasm(['alloc', 'store_u8', 'http_request'], body);
}

const MODULES: readonly Module[] = [
  ...['{}', '{timeout: 0}', '{timeout: 99999999999}'].map(
    (config): Module => ({ name: `a loop without end, ${config}`, module: LOOP, config, says: ENDS, more: WALL }),
  ),
  { name: 'a time below zero', module: LOOP, config: '{timeout: -1}', says: /cannot unmarshal !!int `-1` into uint64/ },
  {
    name: 'a loop without end that wants half a second',
    module: LOOP,
    config: '{timeout: 500}',
    says: /did not end within 500ms/,
    more: { ...WALL, wall: 0.5 + 0.25 + START },
  },
  {
    name: 'a loop that grows',
    module: wasm([], [...GROW, ...i32(0)]),
    config: '{memory: {maxPages: 65536}}',
    says: ENDS,
    more: WALL,
  },
  {
    name: '4 GiB to begin with',
    module: wasm([], i32(0), 65_536),
    config: '{memory: {maxPages: 65536}}',
    says: /memory of 65536 pages is more than the 4096 that are allowed/,
  },
  {
    name: '4 GiB to begin with, and pages without number',
    module: wasm([], i32(0), 65_536),
    config: '{memory: {maxPages: 4294967295}}',
    says: /memory of 65536 pages is more than the 4096 that are allowed/,
  },
  { name: '1 GB of output', module: wasm(ALLOCATE, OUTPUT), says: /allocated more than \d+ bytes/ },
  {
    name: '1 GB of output, and pages without number',
    module: wasm(ALLOCATE, OUTPUT),
    config: '{memory: {maxPages: 4294967295, maxVarBytes: 99999999999}}',
    says: /allocated more than 268435456 bytes/,
  },
  {
    name: '1 GB of output, a megabyte a time',
    module: wasm(['alloc'], [...again([...i64(1_000_000), ...call(0), 0x1a]), ...i32(0)]),
    says: /allocated more than \d+ bytes/,
  },
  {
    name: 'a log without end',
    module: wasm(['alloc', 'store_u8', 'log_info'], [...text('x', 0, 1), ...again([...get(1), ...call(2)]), ...i32(0)]),
    says: ENDS,
    more: WALL,
  },
  {
    name: 'a host function in plugin.yaml',
    module: wasm([], i32(0)),
    config: '{hostFunctions: [read_secrets]}',
    says: /plugin requested host function "read_secrets" not found/,
  },
  { name: 'a host function in the module', module: wasm(['read_secrets'], i32(0)), says: /read_secrets/ },
  ...['http://169.254.169.254/latest', 'http://127.0.0.1:9/', 'http://localhost:9/', 'https://attacker.test/'].flatMap(
    (url) =>
      ['{}', '{allowedHosts: [example.com]}'].map(
        (config): Module => ({
          name: `${url}, ${config}`,
          module: asks(url),
          config,
          says: /is not allowed \(no allowedHosts match/,
        }),
      ),
  ),
  {
    name: 'a file:// URL',
    module: asks('file:///etc/passwd'),
    config: '{allowedHosts: ["*", ""]}',
    says: /^Error: \S/m,
  },
  { name: 'no module', module: Buffer.from('not a module'), says: /plugin error: / },
];

function caseOf({ name, module, config = '{}', says, more }: Module): Case {
  return {
    name,
    make: ({ root }) => {
      const folder = join(root, 'plugins', 'w');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'plugin.wasm'), module);
      writeFileSync(
        join(folder, 'plugin.yaml'),
        `apiVersion: v1\nname: w\nversion: 1.0.0\ntype: cli/v1\nruntime: extism/v1\nconfig: {}\nruntimeConfig: ${config}\n`,
      );
      return {
        args: ['w'],
        env: { HELM_PLUGINS: join(root, 'plugins'), PINTLE_PLUGIN_TIMEOUT: `${says === ENDS ? LIMIT : 30}s` },
      };
    },
    expect: (result, place) => {
      refused(says)(result, place);
      assert.ok(!result.stderr.includes(SECRET));
    },
    // Each call is a process of its own, which compiles the module; once more in one process says nothing new of it.
    once: true,
    // Helm holds to what plugin.yaml says: 4 GiB, and no end.
    unsafe: true,
    ...more,
  };
}

export const wasmRows: readonly Row[] = [
  {
    id: 'E3',
    title: 'plugins that are WebAssembly: time, memory, output, functions, hosts',
    cases: MODULES.map(caseOf),
  },
];
