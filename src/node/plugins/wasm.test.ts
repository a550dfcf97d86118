/** Modules are put together by hand here: a few bytes each, so that what they do is plain to see. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Environment, readSettings } from '../environment.ts';
import { loadPlugin, type Plugin } from './discover.ts';
import { runGetter } from './getter.ts';
import { runPostRenderer } from './post-renderer.ts';
import { runCommandPlugin } from './run.ts';

const work = mkdtempSync(join(tmpdir(), 'pintle-wasm-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** Modules run in a process of the built command line. */
const program = fileURLToPath(new URL('../../../bin/pintle.js', import.meta.url));
const BUILT = { skip: existsSync(join(program, '../../dist/cli/main.cjs')) ? false : 'needs npm run build' };

const I32 = 0x7f;
const I64 = 0x7e;

/** Host functions by name: the numbers of their parameters and results, all 64 bits wide but for `byte`. */
const TYPES: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  input_length: [[], [I64]],
  input_load_u8: [[I64], [I32]],
  alloc: [[I64], [I64]],
  store_u8: [[I64, I32], []],
  output_set: [[I64, I64], []],
  error_set: [[I64], []],
  http_request: [[I64, I64], [I64]],
  length: [[I64], [I64]],
  load_u8: [[I64], [I32]],
  no_such_function: [[], []],
};

function leb(n: number): number[] {
  const out: number[] = [];
  for (;;) {
    const low = n & 0x7f;
    n >>>= 7;
    if (n === 0) return [...out, low];
    out.push(low | 0x80);
  }
}

/** A signed constant: `i64.const` and `i32.const` take those. */
function sleb(n: number): number[] {
  const out: number[] = [];
  for (;;) {
    const low = n & 0x7f;
    n >>= 7;
    if ((n === 0 && !(low & 0x40)) || (n === -1 && low & 0x40)) return [...out, low];
    out.push(low | 0x80);
  }
}

const vec = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
const name = (text: string): number[] => [...leb(text.length), ...new TextEncoder().encode(text)];
const section = (id: number, body: readonly number[]): number[] => [id, ...leb(body.length), ...body];

interface ModuleOptions {
  readonly pages?: number;
  readonly entry?: string;
}

/** A module whose one function calls `imports` by their places; its body ends with a 32-bit number on the stack. */
function wasm(
  imports: readonly string[],
  body: readonly number[],
  { pages = 1, entry = 'helm_plugin_main' }: ModuleOptions = {},
): Uint8Array {
  const types = imports.map((each) => {
    const [from, to] = TYPES[each] as (typeof TYPES)[string];
    return [0x60, ...vec(from.map((t) => [t])), ...vec(to.map((t) => [t]))];
  });
  types.push([0x60, 0, 1, I32]);
  const code = [...vec([[4, I64]]), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vec(types)),
    ...section(2, vec(imports.map((each, i) => [...name('extism:host/env'), ...name(each), 0, i]))),
    ...section(3, vec([[imports.length]])),
    ...section(5, vec([[0, ...leb(pages)]])),
    ...section(
      7,
      vec([
        [...name(entry), 0, ...leb(imports.length)],
        [...name('memory'), 2, 0],
      ]),
    ),
    ...section(10, vec([[...leb(code.length), ...code]])),
  ]);
}

const call = (i: number): number[] => [0x10, i];
const get = (i: number): number[] => [0x20, i];
const set = (i: number): number[] => [0x21, i];
const i32 = (n: number): number[] => [0x41, ...sleb(n)];
const i64 = (n: number): number[] => [0x42, ...sleb(n)];
const FOREVER = [0x03, 0x40, 0x0c, 0, 0x0b];

/** Local 1 becomes a block with `text` in it; `alloc` and `store_u8` are the imports `a` and `s`. */
function text(value: string, a: number, s: number): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  const stores = bytes.flatMap((byte, i) => [...get(1), ...i64(i), 0x7c, ...i32(byte), ...call(s)]);
  return [...i64(bytes.length), ...call(a), ...set(1), ...stores];
}

/** Ends by giving `value` out. */
function answer(value: string): Uint8Array {
  const body = [...text(value, 0, 1), ...get(1), ...i64(value.length), ...call(2), ...i32(0)];
  return wasm(['alloc', 'store_u8', 'output_set'], body);
}

/** Gives its input out as it is. */
const ECHO = wasm(
  ['input_length', 'input_load_u8', 'alloc', 'store_u8', 'output_set'],
  [
    ...[...call(0), ...set(0), ...get(0), ...call(2), ...set(1)],
    // while (2 < length) { store(block + 2, input(2)); 2++ }
    ...[0x03, 0x40, ...get(2), ...get(0), 0x53, 0x04, 0x40],
    ...[...get(1), ...get(2), 0x7c, ...get(2), ...call(1), ...call(3), ...get(2), ...i64(1), 0x7c, ...set(2), 0x0c, 1],
    ...[0x0b, 0x0b, ...get(1), ...get(0), ...call(4), ...i32(0)],
  ],
);

let count = 0;

function plugin(type: string, module: Uint8Array, runtimeConfig = '{}'): Plugin {
  const dir = join(work, `p${++count}`);
  mkdirSync(dir);
  const config = type === 'getter/v1' ? '{protocols: [w]}' : '{}';
  writeFileSync(
    join(dir, 'plugin.yaml'),
    `apiVersion: v1\nname: w\nversion: 1.0.0\ntype: ${type}\nruntime: extism/v1\nconfig: ${config}\nruntimeConfig: ${runtimeConfig}\n`,
  );
  writeFileSync(join(dir, 'plugin.wasm'), module);
  return loadPlugin(dir);
}

const log = { log() {} };

function world(env: Environment = {}): {
  settings: ReturnType<typeof readSettings>;
  env: Environment;
  program: string;
} {
  const all = { HOME: work, PATH: process.env['PATH'], ...env };
  return { settings: readSettings(all, process.platform), env: all, program };
}

async function run(module: Uint8Array, runtimeConfig?: string, env?: Environment): Promise<void> {
  const streams = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const;
  await runCommandPlugin(plugin('cli/v1', module, runtimeConfig), ['a'], world(env), streams, log);
}

async function fetched(module: Uint8Array, runtimeConfig?: string): Promise<string> {
  const getter = { plugin: plugin('getter/v1', module, runtimeConfig), world: world(), log };
  return Buffer.from(await runGetter(getter, 'w://x')).toString('utf8');
}

test('a getter answers in base64', BUILT, async () => {
  assert.equal(await fetched(answer('{"data":"aGVsbG8="}')), 'hello');
  await assert.rejects(fetched(answer('{"data":"*"}')), /data is no base64/);
  await assert.rejects(fetched(answer('nothing')), {
    message:
      "plugin \"w\" failed to invoke: failed to json marshal plugin output message: reflect.Value: invalid character 'o' in literal null (expecting 'u')",
  });
});

test('a post-renderer gets manifests and gives them back', BUILT, async () => {
  const echo = plugin('postrenderer/v1', ECHO);
  assert.equal(await runPostRenderer(echo, ['x'], 'a: ü\n', world()), 'a: ü\n');
});

test('a command', BUILT, async () => {
  await run(answer('{}'));
});

test('the exit code is that of the function', BUILT, async () => {
  const module = wasm(['alloc', 'store_u8', 'output_set'], i32(3));
  await assert.rejects(run(module), (error: { message: string; data: Record<string, unknown> }) => {
    assert.equal(error.message, 'plugin "w" exited with error');
    assert.equal(error.data['exitCode'], 3);
    return true;
  });
});

// Row E3: whatever plugin.yaml says, these end.
const BAD: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
  [
    'says what is wrong',
    wasm(['alloc', 'store_u8', 'error_set'], [...text('oh no', 0, 1), ...get(1), ...call(2), ...i32(1)]),
    '{}',
    /^plugin error: oh no$/,
  ],
  ['no such function', answer('{}'), '{entryFuncName: other}', /^plugin error: unknown function: other$/],
  ['traps', wasm([], [0x00, ...i32(0)]), '{}', /^plugin error: unreachable$/],
  [
    'grows without end',
    wasm([], [0x03, 0x40, ...i32(1000), 0x40, 0, ...i32(-1), 0x47, 0x0d, 0, 0x0b, ...i32(5)]),
    '{memory: {maxPages: 4000000000}}',
    /exited with error$/,
  ],
  ['begins with 4 GiB', wasm([], i32(0), { pages: 65_536 }), '{memory: {maxPages: 65536}}', /^plugin error: .*memory/i],
  [
    'is larger than it asked for',
    wasm([], i32(0), { pages: 20 }),
    '{memory: {maxPages: 10}}',
    /^plugin error: .*memory/i,
  ],
  [
    'allocates 1 GB of output',
    wasm(
      ['alloc', 'store_u8', 'output_set'],
      [...i64(1_000_000_000), ...call(0), ...set(1), ...get(1), ...i64(1_000_000_000), ...call(2), ...i32(0)],
    ),
    '{}',
    /^plugin error: plugin allocated more than \d+ bytes$/,
  ],
  [
    'wants a host function',
    answer('{}'),
    '{hostFunctions: [read_secrets]}',
    /^plugin requested host function "read_secrets" not found$/,
  ],
  ['imports what there is not', wasm(['no_such_function'], i32(0)), '{}', /^plugin error: .*no_such_function/],
  ['is no module', Uint8Array.of(1, 2, 3), '{}', /^plugin error: /],
];

for (const [what, module, runtimeConfig, message] of BAD) {
  test(`a module that ${what}`, BUILT, async () => {
    await assert.rejects(run(module, runtimeConfig), { code: 'PLUGIN_FAILED', message });
  });
}

// `timeout: 0` is no limit in Helm.
for (const timeout of ['{}', '{timeout: 0}', '{timeout: 99999999999}', '{timeout: 300}']) {
  test(`a module that does not end: ${timeout}`, BUILT, async () => {
    const started = performance.now();
    await assert.rejects(run(wasm([], [...FOREVER, ...i32(0)]), timeout, { PINTLE_PLUGIN_TIMEOUT: '1500ms' }), {
      message:
        timeout === '{timeout: 300}' ? 'plugin "w" did not end within 300ms' : 'plugin "w" did not end within 1.5s',
    });
    assert.ok(performance.now() - started < 10_000);
  });
}

/** Asks for a URL and gives out what came, in base64 already. */
function asks(url: string): Uint8Array {
  const body = [
    ...text(JSON.stringify({ url, method: 'GET' }), 0, 1),
    ...[...get(1), ...i64(0), ...call(3), ...set(3), ...get(3), ...get(3), ...call(4), ...call(2), ...i32(0)],
  ];
  return wasm(['alloc', 'store_u8', 'output_set', 'http_request', 'length'], body);
}

test('requests go to the hosts that plugin.yaml lists, and to no other', BUILT, async () => {
  const hosts: string[] = [];
  const server = createServer((request, response) => {
    hosts.push(`${request.headers.host?.split(':')[0]}${request.url}`);
    if (request.url === '/away') response.writeHead(302, { location: `http://localhost:${port}/` });
    response.end('{"data":"aGk="}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const url = `http://127.0.0.1:${port}/x`;
    assert.equal(await fetched(asks(url), '{allowedHosts: ["127.0.0.*"]}'), 'hi');
    await assert.rejects(fetched(asks(url)), /is not allowed \(no allowedHosts match/);
    await assert.rejects(fetched(asks(url), '{allowedHosts: [example.com]}'), /is not allowed/);
    await assert.rejects(
      fetched(asks(`http://127.0.0.1:${port}/away`), '{allowedHosts: [127.0.0.1]}'),
      /is not allowed/,
    );
    await assert.rejects(fetched(asks(url), '{allowedHosts: [127.0.0.1], memory: {maxHttpResponseBytes: 5}}'));
    assert.deepEqual(hosts, ['127.0.0.1/x', '127.0.0.1/away', '127.0.0.1/x']);
  } finally {
    server.close();
  }
});
