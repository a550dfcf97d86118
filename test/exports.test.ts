import assert from 'node:assert/strict';
import { test } from 'node:test';

/** The public names. A change here is a change for every user: say it in CHANGELOG.md. */
const CORE = [
  'DEFAULT_LIMITS',
  'PintleError',
  'clusterOf',
  'configMapStore',
  'formatError',
  'install',
  'lintChart',
  'listReleases',
  'liveResources',
  'loadChart',
  'memoryStore',
  'mergeValues',
  'planChanges',
  'planInstall',
  'planUpgrade',
  'releaseHistory',
  'renderChart',
  'rollback',
  'secretStore',
  'testRelease',
  'uninstall',
  'unlock',
  'upgrade',
  'webHost',
];
const NODE = [
  'connectReleases',
  'createRenderer',
  'loadChartFrom',
  'nodeHost',
  'nodeInflate',
  'pullChart',
  'pushChart',
  'readValuesFile',
];

test('the core exposes its public names and no others', async () => {
  assert.deepEqual(Object.keys(await import('../src/index.ts')).sort(), CORE);
});

test('the Node face exposes its public names and no others', async () => {
  assert.deepEqual(Object.keys(await import('../src/node/index.ts')).sort(), NODE);
});

test('the testing face exposes its public names and no others', async () => {
  assert.deepEqual(Object.keys(await import('../src/testing/index.ts')).sort(), [
    'createSandbox',
    'fixedHost',
    'memoryAnswer',
    'memoryRegistry',
  ]);
});
