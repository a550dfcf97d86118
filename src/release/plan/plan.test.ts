import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../cluster/json.ts';
import type { ResourceMapping, Target } from '../../cluster/types.ts';
import { stamp } from '../ownership.ts';
import { placeKey } from './identity.ts';
import { type PlanInput, type PlanOptions, planChanges } from './plan.ts';

const OWNER = { name: 'web', namespace: 'shop' };

const OPTIONS: PlanOptions = {
  release: OWNER,
  serverSide: true,
  forceReplace: false,
  takeOwnership: false,
  threeWayForCustom: false,
  handOver: false,
};

const CLIENT = { ...OPTIONS, serverSide: false };

function target(name: string, apiVersion = 'v1', kind = 'ConfigMap', metadata = {}): Target {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const mapping: ResourceMapping = {
    group: group as string,
    version: version as string,
    kind,
    resource: `${kind.toLowerCase()}s`,
    namespaced: true,
  };
  const object = { apiVersion, kind, metadata: { name, namespace: 'shop', ...metadata } } as KubeObject;
  return { mapping, namespace: 'shop', name, object };
}

const owned = (t: Target): Target => stamp(t, OWNER);

function live(...targets: Target[]): PlanInput['live'] {
  return new Map(targets.map((t) => [placeKey(t), t.object]));
}

/** Each write as `action name method flags`, then what goes and what stays. */
function shown(input: Partial<PlanInput>): string[] {
  const plan = planChanges({ previous: [], targets: [], live: live(), options: OPTIONS, ...input });
  return [
    ...plan.writes.map((write) => {
      const flags =
        write.action === 'update' ? (['adopted', 'unknown', 'handOver'] as const).filter((f) => write[f]) : [];
      return [write.action, write.target.name, write.method, ...flags].join(' ');
    }),
    ...plan.deletes.map(({ name }) => `delete ${name}`),
    ...plan.keeps.map(({ name }) => `keep ${name}`),
    ...plan.conflicts.map(({ object }) => `conflict ${object.name}`),
  ];
}

const [a, b] = [owned(target('a')), owned(target('b'))];
const foreign = target('a');
const kept = target('a', 'v1', 'ConfigMap', { annotations: { 'helm.sh/resource-policy': 'keep' } });
const keptOddly = target('a', 'v1', 'ConfigMap', { annotations: { 'helm.sh/resource-policy': ' Keep' } });
const custom = owned(target('a', 'example.com/v1', 'Widget'));
const [beta, stable] = [owned(target('a', 'autoscaling/v2beta1', 'H')), owned(target('a', 'autoscaling/v2', 'H'))];
const crd = owned(target('a', 'apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition'));

const table: readonly [name: string, input: Partial<PlanInput>, ...want: string[]][] = [
  ['nothing', {}],
  ['new', { targets: [a] }, 'create a apply'],
  ['new, client-side', { targets: [a], options: CLIENT }, 'create a create'],
  ['the same again', { previous: [a], targets: [a], live: live(a) }, 'update a apply'],
  ['client-side', { previous: [a], targets: [a], live: live(a), options: CLIENT }, 'update a strategic-merge'],
  [
    'custom, client-side',
    { previous: [custom], targets: [custom], live: live(custom), options: CLIENT },
    'update a merge',
  ],
  ['old definitions', { previous: [crd], targets: [crd], live: live(crd), options: CLIENT }, 'update a merge'],
  [
    'custom, three-way',
    { targets: [custom], live: live(custom), options: { ...CLIENT, threeWayForCustom: true } },
    'update a three-way-merge adopted',
  ],
  [
    'replaced',
    { previous: [a], targets: [a], live: live(a), options: { ...CLIENT, forceReplace: true } },
    'update a replace',
  ],
  [
    'from client-side to server-side',
    { previous: [a], targets: [a], live: live(a), options: { ...OPTIONS, handOver: true } },
    'update a apply handOver',
  ],
  ['deleted by hand', { previous: [a], targets: [a] }, 'create a apply'],
  ['one goes, one comes', { previous: [a], targets: [b], live: live(a) }, 'create b apply', 'delete a'],
  ['gone already', { previous: [a], targets: [] }],
  ['kept by policy', { previous: [a], targets: [], live: live(kept) }, 'keep a'],
  ['a policy that is not quite one', { previous: [a], targets: [], live: live(keptOddly) }, 'delete a'],
  ['owned, but new', { targets: [a], live: live(a) }, 'update a apply adopted'],
  ['foreign', { targets: [a], live: live(foreign) }, 'update a apply adopted', 'conflict a'],
  [
    'foreign, taken',
    { targets: [a], live: live(foreign), options: { ...OPTIONS, takeOwnership: true } },
    'update a apply adopted',
  ],
  [
    'foreign, not to be asked about',
    { targets: [a], live: live(foreign), adopted: new Set() },
    'update a apply unknown',
  ],
  [
    'another version of the same',
    { previous: [beta], targets: [stable], live: live(beta, stable) },
    'update a apply adopted',
  ],
];

for (const [name, input, ...want] of table) {
  test(`plan: ${name}`, () => {
    assert.deepEqual(shown(input), want);
  });
}

test('the base of a patch is the old manifest, the new one, or what is there', () => {
  const before = owned(target('a', 'v1', 'ConfigMap', { labels: { x: '1' } }));
  const base = (input: Partial<PlanInput>): unknown => {
    const [write] = planChanges({ previous: [], targets: [a], live: live(foreign), options: CLIENT, ...input }).writes;
    return write?.action === 'update' ? write.original : undefined;
  };
  assert.equal(base({ previous: [before] }), before.object);
  assert.equal(base({}), a.object);
  assert.equal(base({ adopted: new Set() }), foreign.object);
});

test('what goes in stays as it is, and the plan is plain data', () => {
  const input: PlanInput = { previous: [a], targets: [b], live: live(a), options: OPTIONS };
  const before = JSON.stringify(input);
  const plan = planChanges(input);
  assert.equal(JSON.stringify(input), before);
  assert.equal(JSON.stringify(structuredClone(plan)), JSON.stringify(plan));
});
