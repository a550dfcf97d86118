/**
 * Writes by several managers, on the real control plane and on the sandbox: creates, replaces, applies and patches of
 * all kinds in turns. Both must answer alike each time: the same object with the same managed fields, or the same
 * conflicts.
 *
 *     node test/e2e/writes/run.ts [--count N] [--seed N] [--only NUMBER]
 *
 * Reads what `test/rig/cluster.sh` sets.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { isList, isObject, type Json, type JsonObject, own, parseJson, printJson } from '../../../src/cluster/json.ts';
import { entriesOf, sortKeys } from '../../../src/cluster/patch/kinds.ts';
import { mergePatch } from '../../../src/cluster/patch/merge-patch.ts';
import { type Ask, type Asked, realWorld, sandboxWorld } from '../world.ts';
import { blend, KINDS, type Kind, metadata, WIDGETS } from './objects.ts';
import { type Choices, choices } from './random.ts';
import { widgetDefinition } from './widget.ts';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

const work = mkdtempSync(`${tmpdir()}/pintle-writes-`);
const worlds: readonly Ask[] = [(await realWorld(process.env)('')).ask, (await sandboxWorld()(work)).ask];
const namespace = `writes-${randomBytes(3).toString('hex')}`;

type Operation = 'apply' | 'replace' | 'merge' | 'strategic' | 'json';

const MEDIA: Readonly<Record<Operation, string>> = {
  apply: 'application/apply-patch+yaml',
  replace: 'application/json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
};

/** One write of a sequence. */
interface Write {
  readonly operation: Operation;
  readonly manager: string;
  readonly force: boolean;
  readonly object: JsonObject;
}

interface Reply {
  readonly status: number;
  readonly body: Json;
}

async function send(
  ask: Ask,
  method: Asked['method'],
  path: string,
  body?: Json,
  type = MEDIA.replace,
): Promise<Reply> {
  const { status, text } = await ask({ method, path, type, ...(body === undefined ? {} : { body: printJson(body) }) });
  return { status, body: parseJson(text) };
}

function sequenceOf(c: Choices, kind: Kind, name: string): Write[] {
  const base = kind.make(c);
  const labels = metadata(c);
  const others: Operation[] = ['replace', 'merge', 'json', kind.kind === WIDGETS.kind ? 'merge' : 'strategic'];
  return Array.from({ length: 4 + c.integer(4) }, (_, i) => {
    const operation = c.maybe(0.55) ? 'apply' : c.one(others);
    const content = i === 0 ? base : blend(c, base, kind.make(c));
    return {
      operation,
      manager: c.one(operation === 'apply' ? ['helm', 'other', 'shared'] : ['edit', 'shared', 'controller']),
      force: c.maybe(0.4),
      object: {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name, namespace, ...(c.maybe(0.7) ? labels : metadata(c)) },
        ...content,
      },
    };
  });
}

async function write(ask: Ask, place: string, path: string, step: Write): Promise<Reply> {
  const { operation, manager, force, object } = step;
  const by = `fieldManager=${manager}`;
  if (operation === 'apply') return send(ask, 'PATCH', `${path}?${by}&force=${force}`, object, MEDIA.apply);
  const live = await send(ask, 'GET', path);
  if (live.status === 404) return send(ask, 'POST', `${place}?${by}`, object);
  const next = replacement(live.body as JsonObject, object);
  if (operation === 'replace') return send(ask, 'PUT', `${path}?${by}`, next);
  const patch = operation === 'json' ? jsonPatch(next) : mergePatch(live.body, next);
  return send(ask, 'PATCH', `${path}?${by}`, patch, MEDIA[operation]);
}

function jsonPatch(next: JsonObject): Json {
  const labels = own(own(next, 'metadata'), 'labels') ?? {};
  const others = entriesOf(next).filter(([key]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(key));
  return [['metadata/labels', labels] as const, ...others].map(([key, value]) => ({
    op: 'add',
    path: `/${key}`,
    value,
  }));
}

/** The object as somebody would write it who has read it before. */
function replacement(live: JsonObject, object: JsonObject): JsonObject {
  const { labels: _, annotations: __, ...kept } = live['metadata'] as JsonObject;
  const spec = own(object, 'spec');
  const [clusterIP, clusterIPs] = ['clusterIP', 'clusterIPs'].map((key) => own(own(live, 'spec'), key));
  const address = clusterIP === undefined ? {} : { clusterIP, clusterIPs };
  return {
    ...object,
    ...(isObject(spec) ? { spec: { ...spec, ...address } } : {}),
    ...(own(live, 'status') === undefined ? {} : { status: live['status'] }),
    metadata: { ...kept, ...(object['metadata'] as JsonObject) },
  };
}

/** What each cluster sets itself. */
const OWN = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'clusterIP',
  'clusterIPs',
  'time',
  'metadata.time',
]);

function comparable(value: Json, key = ''): Json {
  if (OWN.has(key)) return 'its own';
  if (isList(value))
    return sorted(
      key,
      value.map((item) => comparable(item)),
    );
  if (!isObject(value)) return value;
  return sortKeys(Object.fromEntries(entriesOf(value).map(([name, item]) => [name, comparable(item, name)])));
}

/** Entries are in order of time, which is by chance another second; causes are in no order. */
function sorted(key: string, list: Json[]): Json {
  return key === 'managedFields' || key === 'causes' ? list.map(printJson).sort() : list;
}

async function runSequence(number: number): Promise<string | undefined> {
  const c = choices(Number(options.seed) * 10_000 + number);
  const kind = KINDS[number % KINDS.length]!;
  const name = `w-${number}`;
  const place = `${kind.base}/namespaces/${namespace}/${kind.resource}`;
  for (const [i, step] of sequenceOf(c, kind, name).entries()) {
    const replies = await Promise.all(worlds.map((ask) => write(ask, place, `${place}/${name}`, step)));
    const [real, sandbox] = replies.map(({ status, body }) => `${status} ${printJson(comparable(body))}`);
    counts.writes++;
    if (replies[0]!.status === 409) counts.conflicts++;
    if (replies[0]!.status >= 400 && replies[0]!.status !== 409) counts.refused++;
    if (real === sandbox) continue;
    const { operation, manager, force, object } = step;
    return `  write ${i}, ${operation} by ${manager}, force ${force}: ${printJson(object)}\n  real    ${real}\n  sandbox ${sandbox}`;
  }
  return undefined;
}

const counts = { writes: 0, conflicts: 0, refused: 0 };
const numbers = options.only === undefined ? [...Array(Number(options.count)).keys()] : [Number(options.only)];
const customs = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
let failed = 0;
try {
  for (const ask of worlds) {
    await send(ask, 'POST', '/api/v1/namespaces', space);
    await send(ask, 'POST', customs, widgetDefinition);
    await served(ask);
  }
  for (const number of numbers) {
    const problem = await runSequence(number);
    if (problem === undefined) continue;
    failed++;
    console.log(`${number} (${KINDS[number % KINDS.length]!.kind})\n${problem}`);
  }
} finally {
  await send(worlds[0]!, 'DELETE', `${customs}/${WIDGETS.plural}.${WIDGETS.group}`);
  await send(worlds[0]!, 'DELETE', `/api/v1/namespaces/${namespace}`);
  rmSync(work, { recursive: true, force: true });
}
console.log(`${counts.writes} writes, ${counts.conflicts} of them conflicts, ${counts.refused} refused otherwise`);
console.log(`${numbers.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** A new kind is there after a while. */
async function served(ask: Ask): Promise<void> {
  const path = `/apis/${WIDGETS.group}/v1/namespaces/${namespace}/${WIDGETS.plural}`;
  for (let i = 0; i < 100; i++) {
    if ((await send(ask, 'GET', path).catch(() => ({ status: 0 }))).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${path} is not served`);
}
