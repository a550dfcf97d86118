import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, helmFolders, readSettings, settingsVariables } from './environment.ts';

const WINDOWS = { TEMP: 'C:\\Temp', APPDATA: 'C:\\Users\\a\\AppData\\Roaming' };

const TABLE: readonly [platform: string, env: Environment, cache: string, config: string, data: string][] = [
  ['linux', { HOME: '/h' }, '/h/.cache/helm', '/h/.config/helm', '/h/.local/share/helm'],
  ['darwin', { HOME: '/h' }, '/h/Library/Caches/helm', '/h/Library/Preferences/helm', '/h/Library/helm'],
  ['win32', WINDOWS, 'C:\\Temp\\helm', `${WINDOWS.APPDATA}\\helm`, `${WINDOWS.APPDATA}\\helm`],
  ['linux', {}, '.cache/helm', '.config/helm', '.local/share/helm'],
  ['linux', { XDG_CACHE_HOME: '/x', XDG_CONFIG_HOME: '/y', XDG_DATA_HOME: '/z' }, '/x/helm', '/y/helm', '/z/helm'],
  [
    'linux',
    { HELM_CACHE_HOME: '/a', XDG_CACHE_HOME: '/x', HOME: '/h' },
    '/a',
    '/h/.config/helm',
    '/h/.local/share/helm',
  ],
  ['linux', { HELM_DATA_HOME: '', HOME: '/h' }, '/h/.cache/helm', '/h/.config/helm', '/h/.local/share/helm'],
];

for (const [platform, env, cache, config, data] of TABLE) {
  test(`folders on ${platform} with ${JSON.stringify(env)}`, () => {
    assert.deepEqual(helmFolders(env, platform), { cache, config, data });
  });
}

test('variables that are set to nothing count where Helm counts them', () => {
  assert.equal(readSettings({ HELM_PLUGINS: '' }, 'linux').pluginsDirectory, '');
  assert.equal(readSettings({ HELM_BURST_LIMIT: '' }, 'linux').burstLimit, 100);
});

test('colours: NO_COLOR wins over HELM_COLOR, which is read in any case', () => {
  const mode = (env: Environment): string => readSettings(env, 'linux').colorMode;
  assert.equal(mode({}), 'auto');
  assert.equal(mode({ HELM_COLOR: 'Always' }), 'always');
  assert.equal(mode({ HELM_COLOR: 'always', NO_COLOR: '1' }), 'never');
  assert.equal(mode({ HELM_COLOR: 'always', NO_COLOR: '' }), 'always');
});

test('KUBECONFIG is listed where the flag gave it', () => {
  const settings = readSettings({ KUBECONFIG: '/k' }, 'linux');
  assert.equal(settingsVariables(settings, 'p', 'n').has('KUBECONFIG'), false);
  assert.equal(settingsVariables({ ...settings, kubeconfig: '/k' }, 'p', 'n').get('KUBECONFIG'), '/k');
});
