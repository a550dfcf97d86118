/**
 * Builds the standalone executables into dist/exe/, each one file, with their checksums:
 *
 *     npm run build:exe                          for this machine
 *     npm run build:exe -- --all                 for Linux, macOS and Windows on x64 and arm64
 *     npm run build:exe -- --target darwin-arm64
 *
 * Bun compiles the same sources as the npm package, with their bytecode. Its runtimes come from the npm registry and are
 * held against the digests in bun.json.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bun = JSON.parse(readFileSync(`${root}scripts/bun.json`, 'utf8')) as {
  version: string;
  integrity: Record<string, string>;
};

/** Our names of the platforms, as Node has them but for Windows, and Bun's. */
const TARGETS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-aarch64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-aarch64',
  'windows-x64': 'windows-x64',
  'windows-arm64': 'windows-aarch64',
};

const host = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const { values: options } = parseArgs({
  options: { all: { type: 'boolean', default: false }, target: { type: 'string', default: host } },
});

/** The runtime for a platform, from the cache or the registry. */
function runtime(target: string): string {
  const name = TARGETS[target];
  if (name === undefined) throw new Error(`there is no ${target}; there are ${Object.keys(TARGETS).join(', ')}`);
  const folder = `${root}build/bun/${bun.version}/${name}`;
  const program = `${folder}/package/bin/bun${name.startsWith('windows') ? '.exe' : ''}`;
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const spec = `@oven/bun-${name}@${bun.version}`;
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, spec], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const archive = `${folder}/${readdirSync(folder).find((file) => file.endsWith('.tgz'))}`;
  const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (digest !== bun.integrity[name]) {
    rmSync(folder, { recursive: true });
    throw new Error(`${spec} is not what bun.json says: ${digest}`);
  }
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  rmSync(archive);
  chmodSync(program, 0o755);
  return program;
}

/** The files of the command line, that which starts it first: each keeps its own bytecode, which is read when it is needed. */
function sources(): string[] {
  writeFileSync(`${root}dist/cli/${START}`, "require('./main.cjs').runProcess();\n");
  const files = readdirSync(`${root}dist/cli`).filter((file) => file.endsWith('.cjs') && file !== START);
  return [START, ...files];
}

const START = 'start.cjs';

/**
 * Compiles for one platform; the program's path. Most runs are over before a function is worth compiling to machine
 * code, hence the JIT policy. What lies in the folder where a user calls the program is none of its business: no .env,
 * no bunfig.toml.
 */
function compile(target: string, order: readonly string[] = []): string {
  const suffix = target.startsWith('windows') ? '.exe' : '';
  const path = `${root}dist/exe/pintle-${target}${suffix}`;
  const flags = [
    ...['--compile', '--bytecode', '--minify', '--format=cjs', '--compile-jit-policy=100'],
    ...(order.length > 0 ? ['--bytecode-order', order.join(',')] : []),
    ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
    ...['--target', `bun-${TARGETS[target]}`, '--compile-executable-path', runtime(target)],
    ...['--external', './*.cjs', '--external', 'pg-native'],
  ];
  execFileSync(runtime(host), ['build', ...flags, ...sources(), '--outfile', path], {
    cwd: `${root}dist/cli`,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return path;
}

/** Commands whose functions lie together in the executable, those that matter most first. */
const TRAINING: readonly (readonly string[])[] = [
  ['template', 'shop', 'examples/shop'],
  ['lint', 'examples/shop'],
  ['version'],
  ['--help'],
];

/**
 * Files that say in which order functions were needed: bytecode that lies in that order is read from fewer pages, which
 * a small chart notices. An executable for this machine writes them when it runs; without one there is no order.
 */
function train(work: string): string[] {
  if (TARGETS[host] === undefined) return [];
  const program = compile(host);
  const env = { ...process.env, HELM_CACHE_HOME: `${work}/cache` };
  const run = (args: readonly string[], more: Record<string, string>): void => {
    execFileSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...env, ...more } });
  };
  return TRAINING.map((args, i) => {
    const file = `${work}/${i}.order`;
    // What a first run learns of a chart is known to most.
    run(args, {});
    run(args, { BUN_BYTECODE_ORDER_OUT: file });
    return file;
  });
}

mkdirSync(`${root}dist/exe`, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'pintle-order-'));
const order = train(work);
for (const target of options.all ? Object.keys(TARGETS) : [options.target]) {
  const path = compile(target, order);
  console.log(`${path.slice(root.length)} ${(readFileSync(path).length / 2 ** 20).toFixed(1)} MiB`);
}
rmSync(work, { recursive: true });
const files = readdirSync(`${root}dist/exe`).filter((file) => file.startsWith('pintle-'));
const sums = files.map((file) => {
  const digest = createHash('sha256')
    .update(readFileSync(`${root}dist/exe/${file}`))
    .digest('hex');
  return `${digest}  ${file}\n`;
});
writeFileSync(`${root}dist/exe/SHA256SUMS`, sums.join(''));
