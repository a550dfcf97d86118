import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Transport } from '../../host.ts';
import { createHttpClient } from '../../sources/http/client.ts';
import { type TarFile, writeTar } from '../../sources/tar-write.ts';
import { memoryRegistry } from '../../testing/memory-registry.ts';
import { readSettings } from '../environment.ts';
import { nodeHttpClient } from '../http/client.ts';
import { nodeDigests } from '../http/digests.ts';
import { openSigningKey } from '../trust/keyring.ts';
import type { World } from '../world.ts';
import { type InstallOptions, installPlugin, uninstallPlugins, updatePlugins } from './manage.ts';
import { packagePlugin } from './package.ts';
import { signingStatus } from './signing.ts';

const work = realpathSync(mkdtempSync(join(tmpdir(), 'pintle-install-')));
after(() => rmSync(work, { recursive: true, force: true }));

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

function write(path: string, content: string | Uint8Array): string {
  const file = join(work, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  if (typeof content === 'string' && content.startsWith('#!')) chmodSync(file, 0o755);
  return file;
}

interface Site {
  readonly world: World;
  readonly printed: string[];
  readonly plugins: string;
  options(more?: Partial<InstallOptions>): InstallOptions;
}

let sites = 0;

/** A home of its own for each test. */
function site(transport?: Transport): Site {
  const home = join(work, `home${++sites}`);
  const env = { HOME: home, PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1' };
  const settings = readSettings(env, 'linux');
  const printed: string[] = [];
  const http = transport ? createHttpClient(transport, { userAgent: 'test' }) : nodeHttpClient({ env });
  const world: World = {
    settings,
    env,
    http,
    digests: nodeDigests,
    log: { log: (level, message) => void (level !== 'DEBUG' && printed.push(`${level} ${message}`)) },
    out: (line) => printed.push(line),
  };
  const hook = (bytes: Uint8Array): void => void printed.push(`hook: ${Buffer.from(bytes).toString().trim()}`);
  return {
    world,
    printed,
    plugins: join(settings.folders.data, 'plugins'),
    options: (more = {}) => ({
      program: 'pintle',
      streams: { stdout: hook, stderr: 'ignore' },
      version: '',
      verify: true,
      keyring: join(work, 'pub.gpg'),
      cwd: work,
      registry: { plainHttp: true },
      ...more,
    }),
  };
}

const PLUGIN =
  'name: demo\nversion: 1.0.0\ncommand: echo\nhooks: {install: "echo installed", update: "echo updated", delete: "echo gone"}\n';
const modified = new Date(0);
const FILES: readonly TarFile[] = [
  { name: 'demo/plugin.yaml', data: text(PLUGIN), modified },
  { name: 'demo/bin/run.sh', data: text('#!/bin/sh\n'), modified, mode: 0o755 },
];
const tgz = (files: readonly TarFile[]): Uint8Array => gzipSync(writeTar(files));

/** Names and contents of all that is below a folder. */
function tree(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const out: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile())
      out[path.slice(folder.length + 1)] = createHash('sha256').update(readFileSync(path)).digest('hex');
    else if (!entry.isDirectory()) out[path.slice(folder.length + 1)] = 'link';
  }
  return out;
}

test('a folder is linked', async () => {
  write('dev/demo/plugin.yaml', PLUGIN);
  const { world, options, printed, plugins } = site();
  await installPlugin('dev/demo', options(), world);
  assert.deepEqual(printed, [
    'Installing plugin from local directory (development mode)',
    'hook: installed',
    'Installed plugin: demo',
  ]);
  assert.ok(lstatSync(join(plugins, 'demo')).isSymbolicLink());
  await assert.rejects(installPlugin('dev/demo', options(), world), { message: 'plugin already exists' });
  await uninstallPlugins(['demo'], options(), world);
  assert.deepEqual(printed.slice(-2), ['hook: gone', 'Uninstalled plugin: demo']);
  assert.deepEqual(tree(plugins), {});
  assert.ok(existsSync(join(work, 'dev/demo/plugin.yaml')), 'only the link goes');
});

test('an archive without a signature is installed only when told to', async () => {
  write('demo-1.0.0.tgz', tgz(FILES));
  const { world, options, printed, plugins } = site();
  await assert.rejects(installPlugin('demo-1.0.0.tgz', options(), world), {
    code: 'PROVENANCE_INVALID',
    message: 'plugin verification failed: no provenance file (.prov) found',
  });
  assert.deepEqual(tree(plugins), {});
  const plugin = await installPlugin('demo-1.0.0.tgz', options({ verify: false }), world);
  assert.deepEqual(printed.slice(-3), [
    'WARNING: Skipping plugin signature verification',
    'hook: installed',
    'Installed plugin: demo',
  ]);
  assert.deepEqual(Object.keys(tree(plugins)).sort(), ['demo-1.0.0.tgz', 'demo/bin/run.sh', 'demo/plugin.yaml']);
  assert.equal(statSync(join(plugins, 'demo/bin/run.sh')).mode & 0o777, 0o755);
  assert.equal(signingStatus(plugin.metadata, plugins), 'unsigned');
  await uninstallPlugins(['demo'], options(), world);
  assert.deepEqual(tree(plugins), {});
});

// Row E1: refused before any write, and no hook is run.
const EVIL: readonly (readonly [string, readonly TarFile[], RegExp])[] = [
  [
    'name with a path',
    [{ ...FILES[0]!, data: text('name: ../../x\nversion: 1.0.0\nhooks: {install: "touch HOOK"}\n') }],
    /invalid plugin name/,
  ],
  [
    'version with a path',
    [{ ...FILES[0]!, data: text('name: demo\nversion: 1.0.0/../../x\n') }],
    /invalid plugin version/,
  ],
  [
    'key twice',
    [{ ...FILES[0]!, data: text('name: demo\nname: other\nversion: 1.0.0\n') }],
    /mapping key "name" already defined/,
  ],
  ['way out', [...FILES, { name: '../../evil', data: text('x'), modified }], /path contains '\.\.'/],
  ['absolute', [...FILES, { name: '/tmp/evil', data: text('x'), modified }], /path is absolute/],
  ['file twice', [...FILES, { name: 'demo/PLUGIN.yaml', data: text('x'), modified }], /twice/],
  ['no plugin.yaml', [{ name: 'demo/x', data: text('x'), modified }], /plugin\.yaml not found in tarball/],
  ['plugin elsewhere', [{ ...FILES[0]!, name: 'other/plugin.yaml' }], /plugin\.yaml not found in expected directory/],
];

for (const [name, files, message] of EVIL) {
  test(`an archive that is refused leaves nothing: ${name}`, async () => {
    const folder = `evil${sites}`;
    write(`${folder}/demo-1.0.0.tgz`, tgz(files));
    const before = tree(work);
    const { world, options, printed } = site();
    await assert.rejects(installPlugin(`${folder}/demo-1.0.0.tgz`, options({ verify: false }), world), message);
    assert.deepEqual(tree(work), before);
    assert.deepEqual(
      printed.filter((line) => line.startsWith('hook')),
      [],
    );
  });
}

test('an archive whose end is missing', async () => {
  write('cut/demo-1.0.0.tgz', tgz(FILES).subarray(0, 150));
  const { world, options, plugins } = site();
  await assert.rejects(installPlugin('cut/demo-1.0.0.tgz', options({ verify: false }), world), /unexpected EOF/);
  assert.deepEqual(tree(plugins), {});
});

test('what a killed process left behind is no plugin, and goes', async () => {
  const { world, options, plugins } = site();
  mkdirSync(join(plugins, '.pintle-old/plugin'), { recursive: true });
  writeFileSync(join(plugins, '.pintle-old/plugin/plugin.yaml'), PLUGIN);
  utimesSync(join(plugins, '.pintle-old'), 1, 1);
  mkdirSync(join(plugins, '.pintle-new'));
  await installPlugin('demo-1.0.0.tgz', options({ verify: false }), world);
  assert.deepEqual(readdirSync(plugins).sort(), ['.pintle-new', 'demo', 'demo-1.0.0.tgz']);
});

test('names of archives that mean another folder', async () => {
  for (const file of ['...tgz', '..-1.0.0.tgz', '.tgz', '.git-1.0.0.tgz']) {
    write(`names/${file}`, tgz(FILES));
    const { world, options, plugins } = site();
    await assert.rejects(installPlugin(`names/${file}`, options({ verify: false }), world));
    assert.deepEqual(tree(plugins), {}, file);
  }
});

const { rings } = JSON.parse(
  readFileSync(new URL('../../../test/testdata/provenance/signed.json', import.meta.url), 'utf8'),
) as { rings: Record<string, string> };
write('pub.gpg', Buffer.from(rings['main'] as string, 'base64'));
write('sec.gpg', Buffer.from(rings['secret'] as string, 'base64'));

async function packed(folder: string, destination: string): Promise<void> {
  await packagePlugin({
    path: folder,
    destination,
    cwd: work,
    env: {},
    key: () => openSigningKey('sec.gpg', 'Ed Tester <ed@example.com>', () => () => text(''), { cwd: work }),
    now: () => new Date(),
    out: () => {},
  });
}

test('packed, signed, verified, installed; a change is found', async () => {
  write('sign/demo/plugin.yaml', PLUGIN);
  write('sign/demo/run.sh', '#!/bin/sh\necho hi\n');
  await packed('sign/demo', 'signed');
  const first = readFileSync(join(work, 'signed/demo-1.0.0.tgz'));
  await packed('sign/demo', 'signed2');
  assert.deepEqual(readFileSync(join(work, 'signed2/demo-1.0.0.tgz')), first, 'the same bytes each time');
  const { world, options, printed, plugins } = site();
  const plugin = await installPlugin('signed/demo-1.0.0.tgz', options(), world);
  assert.equal(printed[0], 'Verifying plugin signature...');
  assert.equal(printed[1], 'Signed by: Ed Tester <ed@example.com>');
  assert.match(printed[3] as string, /^Plugin Hash Verified: sha256:[0-9a-f]{64}$/);
  assert.equal(signingStatus(plugin.metadata, plugins), 'signed');
  assert.equal(statSync(join(plugins, 'demo/run.sh')).mode & 0o777, 0o755);
  writeFileSync(join(plugins, 'demo-1.0.0.tgz'), 'changed');
  assert.equal(signingStatus(plugin.metadata, plugins), 'mismatched provenance');
  writeFileSync(join(plugins, 'demo-1.0.0.tgz.prov'), 'no signature');
  assert.equal(signingStatus(plugin.metadata, plugins), 'invalid provenance');
  // Another archive under the same signature.
  writeFileSync(join(work, 'signed/demo-1.0.0.tgz'), tgz(FILES));
  const other = site();
  await assert.rejects(installPlugin('signed/demo-1.0.0.tgz', other.options(), other.world), {
    message: /^plugin verification failed: sha256 sum does not match for demo-1\.0\.0\.tgz/,
  });
  assert.deepEqual(tree(other.plugins), {});
});

test('links are not packed', { skip: process.platform === 'win32' }, async () => {
  write('linked/demo/plugin.yaml', PLUGIN);
  spawnSync('ln', ['-s', '/etc/passwd', join(work, 'linked/demo/link')]);
  await assert.rejects(packed('linked/demo', 'out'), /"link" is no regular file/);
});

test('over http: an archive, a missing one, one that is no archive', async () => {
  const files = new Map<string, Uint8Array>([
    ['/demo-1.0.0.tgz', tgz([{ ...FILES[0]!, name: 'plugin.yaml' }])],
    ['/deep-1.0.0.tgz', tgz([{ ...FILES[0]!, name: 'a/b/plugin.yaml' }])],
    ['/signed/demo-1.0.0.tgz', readFileSync(join(work, 'signed2/demo-1.0.0.tgz'))],
    ['/signed/demo-1.0.0.tgz.prov', readFileSync(join(work, 'signed2/demo-1.0.0.tgz.prov'))],
  ]);
  const server = createServer((request, response) => {
    const bytes = files.get(request.url ?? '');
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { world, options, printed, plugins } = site();
    await installPlugin(`${origin}/demo-1.0.0.tgz`, options({ verify: false }), world);
    assert.equal(printed.at(-1), 'Installed plugin: demo');
    assert.deepEqual(Object.keys(tree(plugins)).sort(), ['demo-1.0.0.tgz', 'demo/plugin.yaml']);
    const signed = site();
    await installPlugin(`${origin}/signed/demo-1.0.0.tgz`, signed.options(), signed.world);
    assert.equal(signed.printed[1], 'Signed by: Ed Tester <ed@example.com>');
    const none = site();
    await assert.rejects(installPlugin(`${origin}/none-1.0.0.tgz`, none.options(), none.world), {
      message: `failed to get verification data: failed to download plugin: failed to fetch ${origin}/none-1.0.0.tgz : 404 Not Found`,
    });
    await assert.rejects(
      installPlugin(`${origin}/deep-1.0.0.tgz`, none.options({ verify: false }), none.world),
      /plugin\.yaml not found in .* or its immediate subdirectories$/,
    );
    await assert.rejects(installPlugin(`${origin}/page`, none.options(), none.world), {
      message: `cannot get information about plugin source "${origin}/page" (if it's a local directory, does it exist?), last error was: Cannot detect VCS`,
    });
    assert.deepEqual(tree(none.plugins), {});
  } finally {
    server.close();
  }
});

test('out of a registry', async () => {
  const registry = memoryRegistry();
  const archive = tgz(FILES);
  const digest = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const layer = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: digest(archive),
    size: archive.length,
    annotations: { 'org.opencontainers.image.title': 'demo-1.0.0.tgz' },
  };
  const empty = text('{}');
  const manifest = text(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.helm.plugin.v1+json',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digest(empty), size: 2 },
      layers: [layer],
    }),
  );
  (registry.repositories as Map<string, unknown>).set('plugins/demo', {
    blobs: new Map([
      [layer.digest, archive],
      [digest(empty), empty],
    ]),
    manifests: new Map([
      [digest(manifest), { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: manifest }],
    ]),
    tags: new Map([['1.0.0', digest(manifest)]]),
  });
  const { world, options, printed, plugins } = site(registry.transport);
  await assert.rejects(installPlugin('oci://registry.test/plugins/demo:1.0.0', options(), world), {
    message: 'plugin verification failed: no provenance file (.prov) found',
  });
  await installPlugin('oci://registry.test/plugins/demo:1.0.0', options({ verify: false }), world);
  assert.equal(printed.at(-1), 'Installed plugin: demo');
  assert.deepEqual(Object.keys(tree(plugins)).sort(), ['demo-1.0.0.tgz', 'demo/bin/run.sh', 'demo/plugin.yaml']);
});

const hasGit = spawnSync('git', ['--version']).status === 0;

test('out of a git repository: tags, constraints, updates', { skip: hasGit ? false : 'needs git' }, async () => {
  const origin = join(work, 'repo/demo.git');
  mkdirSync(origin, { recursive: true });
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: origin,
      env,
      encoding: 'utf8',
    });
  const release = (version: string): void => {
    writeFileSync(join(origin, 'plugin.yaml'), PLUGIN.replace('1.0.0', version));
    git('add', '.');
    git('commit', '-q', '-m', version);
    git('tag', `v${version}`);
  };
  git('init', '-q', '-b', 'main');
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) release(version);
  const url = `file://${origin}`;
  const { world, options, printed, plugins } = site();
  await assert.rejects(installPlugin(url, options(), world), {
    message: 'plugin source does not support verification. Use --verify=false to skip verification',
  });
  const missing = options({ verify: false, version: '^9' });
  await assert.rejects(installPlugin(url, missing, world), {
    message: `requested version "^9" does not exist for plugin "${url}"`,
  });
  const old = await installPlugin(url, options({ verify: false, version: '^1' }), world);
  assert.equal(old.metadata.version, '1.1.0');
  assert.equal(old.dir, join(plugins, 'demo.git'));
  await uninstallPlugins(['demo'], options(), world);
  rmSync(world.settings.folders.cache, { recursive: true });
  await installPlugin(url, options({ verify: false }), world);
  release('2.1.0');
  await updatePlugins(['demo'], options(), world);
  assert.deepEqual(printed.slice(-2), ['hook: updated', 'Updated plugin: demo']);
  assert.match(readFileSync(join(plugins, 'demo.git/plugin.yaml'), 'utf8'), /2\.1\.0/);
  writeFileSync(join(plugins, 'demo.git/plugin.yaml'), PLUGIN);
  await assert.rejects(updatePlugins(['demo', 'nope'], options(), world), {
    message: 'failed to update plugin demo, got error (plugin repo was modified)\nplugin: nope not found',
  });
});
