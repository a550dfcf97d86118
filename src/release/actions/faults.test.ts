import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  configMap,
  errorOf,
  find,
  inputOf,
  installOptions,
  isWrite,
  type ReleaseTestWorld,
  releaseWorld,
  revisions,
  rollbackOptions,
  uninstallOptions,
  upgradeOptions,
} from '../../../test/release/world.ts';
import type { ApiAnswer } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import type { ReleaseContext } from '../options.ts';
import { install } from './install.ts';
import { rollback } from './rollback.ts';
import { uninstall } from './uninstall.ts';
import { unlock } from './unlock.ts';
import { upgrade } from './upgrade.ts';

const hooks = configMap(
  'hook',
  'a: b',
  '  annotations:\n    helm.sh/hook: pre-install,post-upgrade,pre-rollback,pre-delete\n',
);
const before = { 'templates/a.yaml': configMap('a'), 'templates/b.yaml': configMap('b'), 'templates/h.yaml': hooks };
const after = {
  'templates/a.yaml': configMap('a', 'a: c'),
  'templates/c.yaml': configMap('c'),
  'templates/h.yaml': hooks,
};

interface Case {
  readonly name: string;
  readonly prepare: (world: ReleaseTestWorld) => Promise<unknown>;
  readonly work: (context: ReleaseContext) => Promise<unknown>;
  /** The objects of a success. */
  readonly objects: string;
  readonly records: string;
}

function refusal(): ApiAnswer {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'no', reason: 'Forbidden', code: 403 };
  const bytes = new TextEncoder().encode(JSON.stringify(status));
  async function* body(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { status: 403, headers: new Map([['content-type', 'application/json']]), body: body() };
}

/** Writes of a record that fail for good do not hide why the operation failed. */
test('a failure that cannot be recorded is told all the same', async () => {
  const world = releaseWorld();
  const chart = { 'templates/z.yaml': configMap('Z_Z') };
  world.intercept = async (call, send) =>
    call.method === 'PUT' && call.path.includes('/secrets/') ? refusal() : send();
  const error = await errorOf(install(inputOf(chart), installOptions(), world.context()));
  assert.match(error.message, /^server-side apply failed for object default\/Z_Z/);
  assert.match(error.hint ?? '', /failed to record that revision 1 of web is failed/);
  assert.equal(error.data.notRecorded, true);
});

const first = (world: ReleaseTestWorld): Promise<unknown> =>
  install(inputOf(before), installOptions(), world.context());

const cases: readonly Case[] = [
  {
    name: 'install',
    prepare: async () => {},
    work: (context) => install(inputOf(before), installOptions(), context),
    objects: 'a b hook',
    records: '1 deployed',
  },
  {
    name: 'upgrade',
    prepare: first,
    work: (context) => upgrade(inputOf(after), upgradeOptions(), context),
    objects: 'a c hook',
    records: '1 superseded, 2 deployed',
  },
  {
    name: 'rollback',
    prepare: async (world) => {
      await first(world);
      await upgrade(inputOf(after), upgradeOptions(), world.context());
    },
    work: (context) => rollback(rollbackOptions(), context),
    objects: 'a b hook',
    records: '1 superseded, 2 superseded, 3 deployed',
  },
  {
    name: 'uninstall',
    prepare: first,
    work: (context) => uninstall(uninstallOptions(), context),
    objects: 'hook',
    records: '',
  },
];

async function objects(world: ReleaseTestWorld): Promise<string> {
  const names = ['a', 'b', 'c', 'hook'];
  const there = await Promise.all(names.map((name) => find(world, 'ConfigMap', name)));
  return names.filter((_, i) => there[i]).join(' ');
}

async function prepared({ prepare }: Case): Promise<ReleaseTestWorld> {
  const world = releaseWorld();
  await prepare(world);
  world.another();
  world.calls.length = 0;
  return world;
}

async function callsOf(one: Case): Promise<readonly string[]> {
  const world = await prepared(one);
  await one.work(world.context());
  assert.equal(await revisions(world), one.records);
  assert.equal(await objects(world), one.objects);
  return world.calls;
}

/** From wherever the release is now, it can be removed and installed again. */
async function goOn(world: ReleaseTestWorld, what: string): Promise<void> {
  const left = await revisions(world);
  assert.doesNotMatch(left, /pending|uninstalling/, `${what}: ${left}`);
  assert.ok(left.split('deployed').length <= 2, `${what}: ${left}`);
  if (left !== '') await uninstall(uninstallOptions({ noHooks: true }), world.context());
  await install(
    inputOf(after),
    installOptions({ takeOwnership: true, forceConflicts: true, noHooks: true }),
    world.context(),
  );
  assert.equal(await revisions(world), '1 deployed', what);
}

for (const one of cases) {
  suite(`${one.name} with a fault at each call`, () => {
    test('interrupted: nothing is written after it, and the record says so', async () => {
      const count = (await callsOf(one)).length;
      for (let k = 1; k <= count; k++) {
        const world = await prepared(one);
        const control = new AbortController();
        let late: string[] = [];
        world.intercept = async (call, send) => {
          if (control.signal.aborted) late = [...late, `${call.method} ${call.path}`];
          else if (world.calls.length === k) control.abort();
          return send();
        };
        const error = await one.work(world.context({ signal: control.signal })).then(
          () => undefined,
          (err) => err as PintleError,
        );
        const what = `${one.name}, call ${k} of ${count}`;
        world.intercept = undefined;
        if (error) assert.equal(error.message, 'context canceled', what);
        else assert.equal(await revisions(world), one.records, what);
        assert.deepEqual(late.filter(isWrite), [], what);
        await goOn(world, what);
      }
    });

    test('killed: the next one recognises it and goes on', async () => {
      const count = (await callsOf(one)).length;
      for (let k = 1; k <= count; k++) {
        const world = await prepared(one);
        const killed = new Promise<void>((resolve) => {
          one.work(world.context()).then(
            () => resolve(),
            () => resolve(),
          );
          world.intercept = async (_, send) => {
            if (world.calls.length < k) return send();
            if (world.calls.length === k) await send();
            resolve();
            return new Promise(() => {});
          };
        });
        await killed;
        world.another();
        const what = `${one.name}, killed at call ${k} of ${count}`;
        if (/pending|uninstalling/.test(await revisions(world))) {
          const early = await errorOf(unlock('web', world.context()));
          assert.equal(early.code, 'RELEASE_BUSY', what);
          world.ahead.skew += 60_000;
          const release = await unlock('web', world.context());
          assert.match(release?.info.status ?? '', /^(failed|deployed)$/, what);
          if (release?.info.status === 'deployed') assert.match(await objects(world), /^a b/, what);
        }
        assert.equal(await unlock('web', world.context()).catch(() => undefined), undefined, what);
        await goOn(world, what);
      }
    });

    test('refused: the failure is told and recorded, and one can go on', async () => {
      const count = (await callsOf(one)).length;
      for (let k = 1; k <= count; k++) {
        const world = await prepared(one);
        world.intercept = async (_, send) => (world.calls.length === k ? refusal() : send());
        const what = `${one.name}, call ${k} of ${count} refused`;
        const error = await one.work(world.context()).then(
          () => undefined,
          (err) => err as PintleError,
        );
        world.another();
        if (error) assert.ok(error instanceof PintleError, `${what}: ${error}`);
        else assert.equal(await revisions(world), one.records, what);
        await goOn(world, what);
      }
    });

    test('an answer that got lost changes nothing', async () => {
      const count = (await callsOf(one)).length;
      for (let k = 1; k <= count; k++) {
        const world = await prepared(one);
        let lost = false;
        world.intercept = async (call, send) => {
          const answer = await send();
          if (lost || world.calls.length !== k) return answer;
          lost = true;
          throw new PintleError('NETWORK_FAILED', `${call.method} "x": read tcp: connection reset by peer`);
        };
        await one.work(world.context());
        const what = `${one.name}, answer of call ${k} of ${count} lost`;
        assert.equal(await revisions(world), one.records, what);
        assert.equal(await objects(world), one.objects, what);
      }
    });
  });
}

suite('two at once', () => {
  const pairs: readonly [
    name: string,
    one: (c: ReleaseContext) => Promise<unknown>,
    other: (c: ReleaseContext) => Promise<unknown>,
  ][] = [
    ['two upgrades', cases[1]!.work, cases[1]!.work],
    ['upgrade and rollback', cases[1]!.work, (c) => rollback(rollbackOptions({ revision: 1 }), c)],
    ['upgrade and uninstall', cases[1]!.work, cases[3]!.work],
    ['two uninstalls', cases[3]!.work, cases[3]!.work],
  ];
  for (const [name, one, other] of pairs) {
    test(`${name}: at most one goes on, the other has touched nothing`, async () => {
      const world = await prepared(cases[1] as Case);
      const results = await Promise.allSettled([one(world.context()), other(world.context({ holder: 'other' }))]);
      const errors = results.flatMap((r) => (r.status === 'rejected' ? [r.reason as PintleError] : []));
      assert.ok(errors.length >= 1, name);
      for (const error of errors) assert.match(error.message, /another operation|not found|has no deployed/, name);
      const left = await revisions(world);
      assert.doesNotMatch(left, /pending|uninstalling/, left);
      assert.ok(left.split('deployed').length <= 2, left);
    });
  }

  test('eight at once leave one deployed revision at most, and nothing pending', async () => {
    const world = await prepared(cases[1] as Case);
    const works = [1, 2, 1, 3, 2, 1, 3, 2].map((i) => (cases[i] as Case).work);
    const back = (c: ReleaseContext): Promise<unknown> => rollback(rollbackOptions({ revision: 1 }), c);
    const results = await Promise.allSettled(
      works.map((work, i) => (work === cases[2]?.work ? back : work)(world.context({ holder: `number ${i}` }))),
    );
    const left = await revisions(world);
    assert.doesNotMatch(left, /pending|uninstalling/, left);
    assert.ok(left.split(' deployed').length <= 2, left);
    assert.ok(results.filter(({ status }) => status === 'rejected').length >= 4);
    await goOn(world, `after ${left}`);
  });

  test('a living operation is not taken over', async () => {
    const world = await prepared(cases[1] as Case);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      world.intercept = async (call, send) => {
        if (call.method !== 'PATCH') return send();
        resolve();
        await held;
        return send();
      };
    });
    const running = upgrade(inputOf(after), upgradeOptions(), world.context());
    await reached;
    for (const takeOver of [false, true]) {
      const error = await errorOf(
        upgrade(inputOf(after), upgradeOptions({ takeOver }), world.context({ holder: 'other' })),
      );
      assert.equal(error.code, 'RELEASE_BUSY');
      assert.equal(error.message, 'another operation (install/upgrade/rollback) is in progress');
      assert.match(error.hint ?? '', /^upgrade by tester/);
    }
    assert.equal((await errorOf(rollback(rollbackOptions({ revision: 1 }), world.context()))).code, 'RELEASE_BUSY');
    assert.equal((await errorOf(uninstall(uninstallOptions(), world.context()))).code, 'RELEASE_BUSY');
    release();
    await running;
    assert.equal(await revisions(world), '1 superseded, 2 deployed');
  });

  test('a dead one is, where that is asked for', async () => {
    const world = await prepared(cases[1] as Case);
    world.intercept = async (call, send) => (call.method === 'PATCH' ? new Promise(() => {}) : send());
    void upgrade(inputOf(after), upgradeOptions(), world.context()).catch(() => {});
    while ((await revisions(world)) !== '1 deployed, 2 pending-upgrade') await new Promise((r) => setTimeout(r, 5));
    world.another();
    world.ahead.skew += 60_000;
    const error = await errorOf(upgrade(inputOf(after), upgradeOptions(), world.context()));
    assert.match(error.hint ?? '', /pintle unlock web/);
    await upgrade(inputOf(after), upgradeOptions({ takeOver: true }), world.context());
    assert.equal(await revisions(world), '1 superseded, 2 failed, 3 deployed');
  });
});
