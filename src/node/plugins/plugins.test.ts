import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type Environment, readSettings, type Settings } from '../environment.ts';
import { findPlugins, hasPlugins, loadPlugin, loadPlugins } from './discover.ts';
import { pluginEnvironment, pluginTimeout } from './environment.ts';
import { findGetter, runGetter } from './getter.ts';
import { findPostRenderer, runPostRenderer } from './post-renderer.ts';
import { runHook } from './run.ts';

const work = realpathSync(mkdtempSync(join(tmpdir(), 'pintle-plugins-')));
after(() => rmSync(work, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(work, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (text.startsWith('#!')) chmodSync(file, 0o755);
  return file;
}

function world(folder: string, env: Environment = {}): { settings: Settings; env: Environment } {
  const all = { HOME: work, PATH: process.env['PATH'], HELM_PLUGINS: join(work, folder), ...env };
  return { settings: readSettings(all, process.platform), env: all };
}

const lines: string[] = [];
const log = {
  log: (level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (level !== 'DEBUG') lines.push(`${level} ${message} ${String(fields['error'] ?? '')}`);
  },
};

test('plugins are the folders with a plugin.yaml, in the order of their names', () => {
  write('found/b/plugin.yaml', 'name: two\nversion: 1.0.0\n');
  write('found/a/plugin.yaml', 'name: one\nversion: 1.0.0\n');
  write('found/.hidden/plugin.yaml', 'name: hidden\n');
  write('found/empty/other.yaml', '');
  write('found/file', 'x');
  write('found/bad/plugin.yaml', 'name: ../../x\n');
  symlinkSync(join(work, 'found/a'), join(work, 'linked'));
  lines.length = 0;
  assert.deepEqual(
    loadPlugins(join(work, 'found'), log).map(({ dir, metadata }) => [dir.slice(work.length), metadata.name]),
    [
      ['/found/.hidden', 'hidden'],
      ['/found/a', 'one'],
      ['/found/b', 'two'],
    ],
  );
  assert.equal(lines.length, 1);
  assert.match(lines[0] as string, /^WARN failed to load plugin \(ignoring\) .*invalid plugin name "\.\.\/\.\.\/x"/);
  assert.equal(loadPlugin(join(work, 'linked')).dir, join(work, 'linked'));
});

test('folders that are not there have no plugins', () => {
  const folders = [join(work, 'nowhere'), join(work, 'found/file'), join(work, 'found')].join(delimiter);
  assert.deepEqual(
    findPlugins(folders, { name: 'two' }, log).map(({ metadata }) => metadata.name),
    ['two'],
  );
  assert.deepEqual(findPlugins('', {}, log), []);
  assert.equal(hasPlugins(folders), true);
  assert.equal(hasPlugins(join(work, 'nowhere')), false);
});

test('two plugins of one name', () => {
  write('same/a/plugin.yaml', 'name: x\n');
  write('same/b/plugin.yaml', 'name: x\n');
  const path = (name: string): string => JSON.stringify(join(work, 'same', name));
  assert.throws(() => loadPlugins(join(work, 'same'), log), {
    code: 'PLUGIN_INVALID',
    message: `two plugins claim the name "x" at ${path('a')} and ${path('b')}`,
  });
});

test('a plugin.yaml that is a folder, a pipe or too large', () => {
  mkdirSync(join(work, 'odd/folder/plugin.yaml'), { recursive: true });
  write('odd/large/plugin.yaml', `name: x\n#${' '.repeat(2 << 20)}`);
  assert.throws(() => loadPlugin(join(work, 'odd/folder')), /failed to read plugin at .*: is a directory$/);
  assert.throws(() => loadPlugin(join(work, 'odd/large')), /larger than/);
  assert.throws(() => loadPlugin(join(work, 'odd/none')), /no such file or directory$/);
});

test('the environment of plugins: all of ours, or what PINTLE_PLUGIN_ENV lists', async () => {
  write('env/p/plugin.yaml', 'name: p\n');
  const plugin = loadPlugin(join(work, 'env/p'));
  const given = { SECRET: 's', AWS_A: '1', AWS_B: '2', HELM_NAMESPACE: 'n' };
  const all = await pluginEnvironment(plugin, { ...world('env', given), program: '/bin/pintle' });
  assert.equal(all.get('SECRET'), 's');
  assert.equal(all.get('HELM_BIN'), '/bin/pintle');
  assert.equal(all.get('HELM_NAMESPACE'), 'n');
  assert.equal(all.get('HELM_PLUGIN_NAME'), 'p');
  assert.equal(all.get('HELM_PLUGIN_DIR'), join(work, 'env/p'));
  const some = await pluginEnvironment(plugin, world('env', { ...given, PINTLE_PLUGIN_ENV: 'PATH, AWS_*' }));
  const own = [...some.keys()].filter((name) => !name.startsWith('HELM_') && name !== 'KUBECONFIG').sort();
  assert.deepEqual(own, ['AWS_A', 'AWS_B', 'PATH']);
});

test('how long plugins may take', () => {
  assert.equal(pluginTimeout({}), 600_000);
  assert.equal(pluginTimeout({ PINTLE_PLUGIN_TIMEOUT: '1m30s' }), 90_000);
  assert.equal(pluginTimeout({ PINTLE_PLUGIN_TIMEOUT: 'soon' }), 600_000);
});

const SHOW = `#!/bin/sh
for a in "$@"; do printf '[%s]' "$a"; done
printf '%s' "|$HELM_PLUGIN_USERNAME|$HELM_PLUGIN_PASSWORD|$HELM_PLUGIN_PASS_CREDENTIALS_ALL|$HELM_NAMESPACE|$HELM_BIN"
`;

test('getters: the arguments, the credentials, the settings', async () => {
  write(
    'get/a/plugin.yaml',
    'name: a\nversion: 1.0.0\ndownloaders: [{command: bin/show.sh one $HOME, protocols: [s1, s2]}]\n',
  );
  write('get/a/bin/show.sh', SHOW);
  write(
    'get/b/plugin.yaml',
    'apiVersion: v1\nname: b\nversion: 1.0.0\ntype: getter/v1\nruntime: subprocess\nconfig: {protocols: [s2, s3]}\nruntimeConfig: {protocolCommands: [{protocols: [s3], platformCommand: [{command: ../a/bin/show.sh}]}]}\n',
  );
  const { settings, env } = world('get', { HELM_NAMESPACE: 'n' });
  const get = async (url: string, options = {}): Promise<string> => {
    const scheme = url.slice(0, url.indexOf(':'));
    const getter = findGetter(settings, env, scheme, log);
    assert.ok(getter, `no getter for ${scheme}`);
    const own = { ...getter, world: { ...getter.world, program: '/p' } };
    return Buffer.from(await runGetter(own, url, options)).toString('utf8');
  };
  assert.equal(await get('s1://x/$(id)?a=b'), '[one][$HOME][][][][s1://x/$(id)?a=b]|||false|n|/p');
  const options = { certFile: 'c', keyFile: 'k', caFile: 'ca', username: 'u', password: 'p w', passCredentials: true };
  assert.equal(await get('s2://y', options), '[one][$HOME][c][k][ca][s2://y]|u|p w|true|n|/p');
  assert.equal(await get('s3://z'), '[][][][s3://z]|||false|n|/p');
  assert.equal(findGetter(settings, env, 's4'), undefined);
});

test('getters that fail, say too much or do not end', async () => {
  write(
    'fail/a/plugin.yaml',
    'name: a\ndownloaders:\n- {command: f.sh, protocols: [f]}\n- {command: none.sh, protocols: [n]}\n- {command: big.sh, protocols: [b]}\n- {command: slow.sh, protocols: [s]}\n',
  );
  write('fail/a/f.sh', '#!/bin/sh\nexit 3\n');
  write('fail/a/big.sh', '#!/bin/sh\nhead -c 100000 /dev/zero\n');
  write('fail/a/slow.sh', '#!/bin/sh\nsleep 30 & sleep 30\n');
  const { settings, env } = world('fail', { PINTLE_PLUGIN_TIMEOUT: '500ms' });
  const get = async (scheme: string): Promise<unknown> => {
    const getter = findGetter(settings, env, scheme, log);
    assert.ok(getter);
    return runGetter(getter, `${scheme}://x`, { maxBytes: 1000 });
  };
  const head = 'plugin "a" failed to invoke: ';
  await assert.rejects(get('f'), { code: 'PLUGIN_FAILED', message: `${head}plugin "a" exited with error` });
  const missing = join(work, 'fail/a/none.sh');
  await assert.rejects(get('n'), { message: `${head}fork/exec ${missing}: no such file or directory` });
  await assert.rejects(get('b'), { message: `${head}plugin "a" wrote more than 1000 bytes` });
  await assert.rejects(get('s'), { message: `${head}plugin "a" did not end within 500ms` });
});

test('post-renderers', async () => {
  const head = 'apiVersion: v1\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\n';
  const run = (command: string): string =>
    `runtimeConfig: {platformCommand: [{command: "${command}", args: ["$HELM_PLUGIN_NAME"]}]}\n`;
  write('pr/a/plugin.yaml', `${head}name: a\n${run('$HELM_PLUGIN_DIR/a.sh')}`);
  write('pr/a/a.sh', '#!/bin/sh\necho "$*"; cat\n');
  write('pr/b/plugin.yaml', `${head}name: b\n${run('$HELM_PLUGIN_DIR/b.sh')}`);
  write('pr/b/b.sh', '#!/bin/sh\necho no good >&2; exit 4\n');
  write('pr/c/plugin.yaml', 'name: c\nversion: 1.0.0\ncommand: cat\n');
  const { settings, env } = world('pr');
  const a = findPostRenderer(settings, env, 'a');
  const b = findPostRenderer(settings, env, 'b');
  assert.ok(a && b);
  assert.equal(await runPostRenderer(a, ['x y', ';'], 'in: ü\n', { settings, env }), 'a x y ;\nin: ü\n');
  await assert.rejects(runPostRenderer(b, [], '', { settings, env }), {
    code: 'POST_RENDER_FAILED',
    message: 'failed to invoke post-renderer plugin "b": plugin "b" exited with error',
    hint: 'the program said: no good',
  });
  assert.equal(findPostRenderer(settings, env, 'c'), undefined);
});

test('hooks: by a shell for legacy texts, else as programs; a failure, a hook that hangs', async () => {
  write(
    'hooks/legacy/plugin.yaml',
    'name: legacy\nhooks: {install: "echo $HELM_PLUGIN_NAME $((1+1)) $HELM_BIN", update: "exit 5", delete: "sleep 30"}\n',
  );
  write(
    'hooks/v/plugin.yaml',
    'name: v\nplatformHooks: {install: [{command: echo, args: ["$HELM_PLUGIN_NAME", "$(id)"]}], update: [{os: none, command: x}]}\n',
  );
  const { settings, env } = world('hooks', { PINTLE_PLUGIN_TIMEOUT: '300ms' });
  let said = '';
  const streams = { stdout: (b: Uint8Array) => void (said += Buffer.from(b).toString()), stderr: 'ignore' as const };
  const call = (name: string, event: 'install' | 'update' | 'delete'): Promise<void> =>
    runHook(loadPlugin(join(work, 'hooks', name)), event, { settings, env, program: '/p' }, streams, log);
  await call('legacy', 'install');
  await call('v', 'install');
  await call('v', 'delete');
  assert.equal(said, 'legacy 2 /p\nv $(id)\n');
  await assert.rejects(call('legacy', 'update'), {
    code: 'PLUGIN_FAILED',
    message: 'plugin update hook for "legacy" exited with error',
  });
  await assert.rejects(call('v', 'update'), { message: 'no plugin command is applicable' });
  await assert.rejects(call('legacy', 'delete'), { message: 'plugin "legacy" did not end within 300ms' });
});
