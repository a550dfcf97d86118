import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  configMap,
  errorOf,
  find,
  inputOf,
  installOptions,
  isWrite,
  releaseWorld,
  revisions,
  rollbackOptions,
  uninstallOptions,
  upgradeOptions,
} from '../../../test/release/world.ts';
import { dig } from '../../cluster/json.ts';
import { install } from './install.ts';
import { planUpgrade } from './prepare-upgrade.ts';
import { rollback } from './rollback.ts';
import { testRelease } from './test-release.ts';
import { uninstall } from './uninstall.ts';
import { upgrade } from './upgrade.ts';

const one = { 'templates/a.yaml': configMap('{{ .Release.Name }}-a', 'x: "{{ .Values.x }}"') };
const two = { ...one, 'templates/b.yaml': configMap('{{ .Release.Name }}-b') };
const broken = {
  ...two,
  'templates/z.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: Z_Z}\nspec: {ports: [{port: 80}]}\n',
};

function hook(name: string, events: string, more = ''): string {
  return configMap(name, 'a: b', `  annotations:\n    helm.sh/hook: ${events}\n${more}`);
}

suite('a release from install to uninstall', () => {
  test('goes through all its records', async () => {
    const world = releaseWorld();
    const context = world.context();
    const first = await install(inputOf(one, 'x: 1'), installOptions(), context);
    assert.deepEqual(
      [first.info.status, first.info.description, first.lease],
      ['deployed', 'Install complete', undefined],
    );
    const a = await find(world, 'ConfigMap', 'web-a');
    assert.equal(dig(a, 'metadata', 'labels', 'app.kubernetes.io/managed-by'), 'Helm');
    assert.equal(dig(a, 'data', 'x'), '1');
    const second = await upgrade(inputOf(two), upgradeOptions(), context);
    assert.deepEqual([second.version, second.info.description], [2, 'Upgrade complete']);
    assert.equal(dig(await find(world, 'ConfigMap', 'web-a'), 'data', 'x'), '1', 'values of the release before');
    const third = await rollback(rollbackOptions(), context);
    assert.deepEqual([third.version, third.info.description], [3, 'Rollback to 1']);
    assert.equal(await find(world, 'ConfigMap', 'web-b'), undefined);
    assert.equal(await revisions(world), '1 superseded, 2 superseded, 3 deployed');
    await uninstall(uninstallOptions({ keepHistory: true }), context);
    assert.equal(await revisions(world), '1 superseded, 2 superseded, 3 uninstalled');
    assert.equal(await find(world, 'ConfigMap', 'web-a'), undefined);
    await uninstall(uninstallOptions(), context);
    assert.equal(await revisions(world), '');
  });

  test('asks for what is there before it writes, and writes the record first and last', async () => {
    const world = releaseWorld();
    await install(inputOf(two), installOptions(), world.context());
    const paths = world.calls
      .filter((call) => /configmaps|secrets/.test(call))
      .map((call) => call.replace(/\/api.*\//, ''));
    assert.deepEqual(paths, [
      'GET secrets',
      'GET web-a',
      'GET web-b',
      'POST secrets',
      'PATCH web-a',
      'PATCH web-b',
      'PUT sh.helm.release.v1.web.v1',
    ]);
  });

  test('changes nothing in a dry run', async () => {
    const world = releaseWorld();
    const context = world.context();
    const release = await install(inputOf(one), installOptions({ dryRun: 'server' }), context);
    assert.deepEqual([release.info.status, release.info.description], ['pending-install', 'Dry run complete']);
    await install(inputOf(one), installOptions({ dryRun: 'client' }), context);
    assert.deepEqual(
      world.calls.filter((call) => !call.startsWith('GET')),
      [],
    );
    await install(inputOf(one), installOptions(), context);
    world.calls.length = 0;
    const plan = await planUpgrade(inputOf(two, 'x: 5'), upgradeOptions({ takeOwnership: true }), context);
    assert.deepEqual(
      plan.plan.writes.map(({ action, target }) => `${action} ${target.name}`),
      ['update web-a', 'create web-b'],
    );
    assert.deepEqual(
      world.calls.filter((call) => !call.startsWith('GET')),
      [],
    );
  });
});

suite('failures', () => {
  test('leave a failed revision, and what Helm says of it', async () => {
    const world = releaseWorld();
    const context = world.context();
    await install(inputOf(one), installOptions(), context);
    const error = await errorOf(upgrade(inputOf(broken), upgradeOptions({ cleanupOnFail: true }), context));
    assert.match(
      error.message,
      /^failed to create resource: server-side apply failed for object default\/Z_Z \/v1, Kind=Service: /,
    );
    assert.deepEqual(error.data.failed, ['/v1, Kind=Service default/Z_Z']);
    assert.deepEqual(error.data.applied, ['/v1, Kind=ConfigMap default/web-a', '/v1, Kind=ConfigMap default/web-b']);
    assert.equal(await revisions(world), '1 deployed, 2 failed');
    assert.equal(await find(world, 'ConfigMap', 'web-b'), undefined, 'cleaned up');
    assert.ok(world.logs.some((line) => line === 'WARN upgrade failed'));
  });

  test('are rolled back', async () => {
    const world = releaseWorld();
    const context = world.context();
    const wait = { strategy: 'hookOnly', timeout: 3000, jobs: false } as const;
    const failed = await errorOf(install(inputOf(broken), installOptions({ rollbackOnFailure: true, wait }), context));
    assert.match(
      failed.message,
      /^release web failed, and has been uninstalled due to rollback-on-failure being set: /,
    );
    assert.equal(await revisions(world), '');
    await install(inputOf(one), installOptions(), context);
    const error = await errorOf(upgrade(inputOf(broken), upgradeOptions({ rollbackOnFailure: true, wait }), context));
    assert.match(error.message, /^release web failed, and has been rolled back due to rollback-on-failure being set: /);
    assert.equal(await revisions(world), '1 superseded, 2 failed, 3 deployed');
  });

  test('of ownership name the object before anything is written', async () => {
    const world = releaseWorld();
    const context = world.context();
    await install(inputOf(two), installOptions({ name: 'other' }), context);
    const foreign = { 'templates/a.yaml': configMap('other-a') };
    world.calls.length = 0;
    const error = await errorOf(install(inputOf(foreign), installOptions(), context));
    assert.equal(error.code, 'OWNERSHIP_CONFLICT');
    assert.equal(
      error.message,
      'unable to continue with install: ConfigMap "other-a" in namespace "default" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "web": current value is "other"',
    );
    assert.match(error.hint ?? '', /--take-ownership/);
    assert.deepEqual(
      world.calls.filter((call) => !call.startsWith('GET')),
      [],
    );
    await install(inputOf(foreign), installOptions({ takeOwnership: true }), context);
    assert.equal(
      dig(await find(world, 'ConfigMap', 'other-a'), 'metadata', 'annotations', 'meta.helm.sh/release-name'),
      'web',
    );
  });

  test('of fields name the manager and the way out', async () => {
    const world = releaseWorld();
    const context = world.context();
    await install(inputOf(one, 'x: 1'), installOptions(), context);
    const { client } = world.cluster;
    const ref = {
      mapping: { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true },
      namespace: 'default',
      name: 'web-a',
    };
    await client.patch(ref, 'application/merge-patch+json', { data: { x: 'hand' } }, { fieldManager: 'kubectl-edit' });
    const error = await errorOf(upgrade(inputOf(one, 'x: 2'), upgradeOptions(), context));
    assert.equal(error.code, 'CONFLICT');
    assert.equal(
      error.message,
      'conflict occurred while applying object default/web-a /v1, Kind=ConfigMap: Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.x',
    );
    assert.equal(
      error.hint,
      '.data.x of ConfigMap/web-a belongs to "kubectl-edit": leave it out of the chart, or take it with --force-conflicts',
    );
    await upgrade(inputOf(one, 'x: 2'), upgradeOptions({ forceConflicts: true }), context);
    assert.equal(dig(await find(world, 'ConfigMap', 'web-a'), 'data', 'x'), '2');
  });

  const refused: readonly [
    name: string,
    work: (w: ReturnType<typeof releaseWorld>) => Promise<unknown>,
    text: string,
  ][] = [
    [
      'upgrade of nothing',
      (w) => upgrade(inputOf(one), upgradeOptions(), w.context()),
      '"web" has no deployed releases',
    ],
    [
      'a bad name',
      (w) => upgrade(inputOf(one), upgradeOptions({ name: 'A' }), w.context()),
      'release name is invalid: A',
    ],
    ['rollback of nothing', (w) => rollback(rollbackOptions(), w.context()), 'release: not found'],
    [
      'uninstall of nothing',
      (w) => uninstall(uninstallOptions(), w.context()),
      'uninstall: Release not loaded: web: release: not found',
    ],
    [
      'hiding for real',
      (w) => install(inputOf(one), installOptions({ hideSecret: true }), w.context()),
      'hiding Kubernetes secrets requires a dry-run mode',
    ],
    [
      'labels of the system',
      (w) => install(inputOf(one), installOptions({ labels: new Map([['owner', 'x']]) }), w.context()),
      'user supplied labels contains system reserved label name. System labels: [name owner status version createdAt modifiedAt]',
    ],
  ];
  for (const [name, work, text] of refused) {
    test(`${name} is refused`, async () => {
      const world = releaseWorld();
      assert.equal((await errorOf(work(world))).message, text);
      assert.deepEqual(world.calls.filter(isWrite), []);
    });
  }
});

suite('hooks', () => {
  test('run by weight and name, and are cleaned up backwards', async () => {
    const world = releaseWorld();
    const chart = {
      ...one,
      'templates/h.yaml': [
        hook('b', 'pre-install'),
        hook('a', 'pre-install', '    helm.sh/hook-delete-policy: hook-succeeded\n'),
        hook('first', 'pre-install', '    helm.sh/hook-weight: "-1"\n    helm.sh/hook-delete-policy: hook-succeeded\n'),
        hook('after', 'post-install'),
      ].join('---\n'),
    };
    const release = await install(inputOf(chart), installOptions(), world.context());
    const order = world.calls.filter((call) => isWrite(call)).map((call) => call.replace(/ .*\//, ' '));
    assert.deepEqual(order, [
      'PATCH first',
      'PATCH a',
      'DELETE b',
      'PATCH b',
      'DELETE a',
      'DELETE first',
      'PATCH web-a',
      'DELETE after',
      'PATCH after',
    ]);
    assert.deepEqual(release.hooks.map(({ name, lastRun }) => `${name} ${lastRun.phase}`).sort(), [
      'a Succeeded',
      'after Succeeded',
      'b Succeeded',
      'first Succeeded',
    ]);
  });

  test('that cannot be made end the operation', async () => {
    const world = releaseWorld();
    const context = world.context();
    const chart = { ...one, 'templates/h.yaml': hook('B_B', 'pre-install,pre-rollback,pre-delete') };
    const error = await errorOf(install(inputOf(chart), installOptions(), context));
    assert.match(error.message, /^failed pre-install: warning: Hook pre-install c\/templates\/h.yaml failed: /);
    assert.equal(await find(world, 'ConfigMap', 'web-a'), undefined);
    assert.equal(await revisions(world), '1 failed');
    const gone = await errorOf(uninstall(uninstallOptions(), context));
    assert.match(gone.message, /^warning: Hook pre-delete /);
    assert.equal(await revisions(world), '1 failed', 'nothing was removed, so it is what it was');
    assert.ok(await errorOf(rollback(rollbackOptions({ revision: 1 }), context)));
    assert.equal(await revisions(world), '1 failed, 2 failed', 'Helm would leave it pending');
  });

  test('of tests keep the record up to date', async () => {
    const world = releaseWorld();
    const context = world.context();
    const chart = { ...one, 'templates/t.yaml': `${hook('t1', 'test')}---\n${hook('t2', 'test')}` };
    await install(inputOf(chart), installOptions(), context);
    const seen: string[] = [];
    const options = { name: 'web', timeout: 3000, include: ['t2'], exclude: [] };
    const beforeCleanup = async (): Promise<void> => void seen.push('told');
    const release = await testRelease({ ...options, beforeCleanup }, context);
    assert.deepEqual(
      release.hooks.map(({ name, lastRun }) => [name, lastRun.phase]),
      [
        ['t1', ''],
        ['t2', 'Succeeded'],
      ],
    );
    assert.deepEqual(seen, ['told']);
    assert.equal(await revisions(world), '1 deployed');
  });
});

test('events tell what happens in order', async () => {
  const world = releaseWorld();
  const context = world.context();
  await install(inputOf(two), installOptions(), context);
  await upgrade(inputOf(one), upgradeOptions(), context);
  const told = world.events.map((event) =>
    event.type === 'object'
      ? `${event.action} ${event.object.name}`
      : event.type === 'record'
        ? `${event.version} ${event.status}`
        : event.type,
  );
  assert.deepEqual(told, [
    '1 pending-install',
    'created web-a',
    'created web-b',
    'waited',
    '1 deployed',
    '2 pending-upgrade',
    'unchanged web-a',
    'deleted web-b',
    'waited',
    '2 deployed',
  ]);
});
