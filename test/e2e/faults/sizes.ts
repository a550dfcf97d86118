/**
 * Records at the limit of their store, and servers that take less: what does not fit is refused before anything is
 * changed, with its size and its largest parts; what is begun comes to its end.
 *
 *     node test/e2e/faults/sizes.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Reads what `test/rig/cluster.sh` sets, and PINTLE_PROGRAM. Near the limit a few sizes are tried; with `--all` many.
 */
import { createCipheriv } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Value } from '../../../src/go/value.ts';
import { install, upgrade } from '../../../src/index.ts';
import { connectReleases, loadChartFrom, type ReleaseWorld } from '../../../src/node/index.ts';
import { encodeRelease } from '../../../src/release/codec.ts';
import type { Release } from '../../../src/release/types.ts';
import type { Break, ProxiedCall } from '../client/breaking-proxy.ts';
import { openPlace, type Place } from './behind-proxy.ts';
import { isRecord, type Observed, runObserved, type Seen } from './observed.ts';
import { kubePlace, type RecordPlace } from './record-places.ts';
import { asCase, Fault, readOptions, runCases } from './report.ts';

/** What Kubernetes takes in a Secret or a ConfigMap. */
const LIMIT = 1_048_576;
const options = readOptions();
const places: Place[] = [];

type Kind = 'Secret' | 'ConfigMap';

/** A namespace of its own, so that what is in it is all of one case. */
interface Scene {
  readonly place: Place;
  readonly kind: Kind;
  readonly world: ReleaseWorld;
  readonly raw: RecordPlace;
}

async function openScene(kind: Kind): Promise<Scene> {
  const place = await openPlace('sizes');
  places.push(place);
  const driver = kind === 'Secret' ? 'secret' : 'configmap';
  const world = await connectReleases({ namespace: place.namespace, driver });
  return { place, kind, world, raw: kubePlace(place.ask, place.namespace, kind) };
}

function pintle({ place, kind }: Scene, args: readonly string[], more: Observed = {}): Promise<Seen> {
  const env = { HELM_DRIVER: kind.toLowerCase(), ...more.env };
  return runObserved(place.transport, '', args, place, { ...more, env });
}

/** Bytes that do not compress, always the same. */
function noise(length: number): string {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length)).toString('base64').slice(0, length);
}

const HOOK = (event: string): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "{{ .Release.Name }}-${event}"\n  annotations: {helm.sh/hook: "${event}"}\n`;

const EVENTS = ['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'pre-rollback', 'post-rollback'];

/** A chart of one object, with a file of some size, and perhaps hooks and definitions. */
function writeChart({ home }: Place, name: string, size: number, more: Readonly<Record<string, string>> = {}): string {
  const folder = join(home, name);
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: large\nversion: 0.1.0\n',
    'files/large.txt': noise(size),
    'templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {a: "{{ .Values.a }}"}\n',
    ...more,
  };
  for (const folderOf of ['files', 'templates', 'crds']) mkdirSync(join(folder, folderOf), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const HOOKS = { 'templates/hooks.yaml': EVENTS.map(HOOK).join('') };

function told({ exit, stderr, writes }: Seen): string {
  return `exit ${exit}, ${stderr.trim()}\n    ${writes.map(({ method, path, status }) => `${method} ${path} ${status}`).join('\n    ')}`;
}

/** It was refused, nothing was changed before, and the error says why. */
function checkRefused(
  seen: Seen,
  hint = /takes [\d,]+ bytes of [\d,]+ bytes; largest: files\/large\.txt [\d,]+ bytes/,
): void {
  if (seen.exit !== 1) throw new Fault(`is not refused: ${told(seen)}`);
  const made = seen.writes.filter(({ status, isDry }) => status < 300 && !isDry);
  if (made.length > 0) throw new Fault(`changed something before: ${told(seen)}`);
  if (!hint.test(seen.stderr)) throw new Fault(`does not say what is too large: ${told(seen)}`);
}

/** What was begun has to come to its end, though the record grew on the way. */
function checkDone(seen: Seen): void {
  if (seen.exit !== 0) throw new Fault(`failed: ${told(seen)}`);
  const refused = seen.writes.filter(({ path, status }) => status >= 300 && isRecord(path));
  if (refused.length > 0) throw new Fault(`was refused on the way: ${told(seen)}`);
}

/** The release with a file of some size. */
function withFile(release: Release, size: number): Release {
  const file = new Map<string, Value>([
    ['name', 'files/large.txt'],
    ['data', Buffer.from(noise(size)).toString('base64')],
  ]);
  return { ...release, chart: new Map([...release.chart, ['files', [file]]]) };
}

function encoded(release: Release): string {
  return encodeRelease(release, (bytes) => gzipSync(bytes, { level: 9 }));
}

/** The size of a file with which a record takes all that there is. */
function fileSize(release: Release): number {
  let size = 700_000;
  for (let i = 0; i < 40; i++) {
    const missing = LIMIT - encoded(withFile(release, size)).length;
    if (missing === 0) return size;
    size += Math.round(missing * 0.95) || Math.sign(missing);
  }
  return size;
}

async function raw(kind: Kind, size: number): Promise<void> {
  const { place } = await openScene(kind);
  const plural = `${kind.toLowerCase()}s`;
  const text = noise(size);
  const data = { release: kind === 'Secret' ? Buffer.from(text).toString('base64') : text };
  const body = JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: 'raw' }, data });
  const path = `/api/v1/namespaces/${place.namespace}/${plural}`;
  const { status, text: answer } = await place.ask({ method: 'POST', path, body });
  if ((status === 201) !== size <= LIMIT) throw new Fault(`${size} bytes: ${status} ${answer.slice(0, 300)}`);
}

/** Sizes around the limit, all operations: what is not refused has to fit to the end. */
async function atLimit(kind: Kind, offset: number): Promise<void> {
  const scene = await openScene(kind);
  const { place, world, raw: records } = scene;
  const start = 700_000;
  const probe = await loadChartFrom(writeChart(place, 'probe', start, HOOKS));
  const tried = await install(
    { chart: probe, values: { a: '1' } },
    { name: 'probe', dryRun: 'server' },
    world.context(),
  );
  const folder = writeChart(place, 'large', fileSize(tried) + offset, HOOKS);
  const small = writeChart(place, 'small', 10);
  const isTooLarge = [];
  for (const args of [
    ['install', 'web', folder, '--set', 'a=1'],
    ['install', 'other', small],
    ['upgrade', 'other', folder, '--set', 'a=1'],
    ['upgrade', 'other', small],
    ['rollback', 'other', '2'],
  ]) {
    const seen = await pintle(scene, args);
    if (seen.exit !== 0 && args[0] === 'rollback' && isTooLarge.length > 0) continue;
    if (seen.exit === 0) checkDone(seen);
    else {
      checkRefused(seen);
      isTooLarge.push(args);
    }
  }
  const expected = offset < -3000 ? 0 : offset > 40 ? 2 : undefined;
  if (expected !== undefined && isTooLarge.length !== expected) {
    throw new Fault(`refused ${JSON.stringify(isTooLarge)}`);
  }
  const { release } = (await world.store.query({ name: 'other' }))[0] ?? {};
  if (release?.info.status.startsWith('pending')) throw new Fault(`left ${release.info.status}`);
  for (const key of (await records.tokens()).keys())
    if (key.includes('.web.')) checkDone(await pintle(scene, ['uninstall', 'web']));
  checkDone(await pintle(scene, ['uninstall', 'other']));
}

/** A record of Helm's that leaves no room at all: it must still be possible to go on. */
async function full(kind: Kind, ...lines: readonly (readonly string[])[]): Promise<void> {
  const scene = await openScene(kind);
  const { place, world, raw: records } = scene;
  const small = await loadChartFrom(writeChart(place, 'small', 10));
  const first = await install({ chart: small }, { name: 'web' }, world.context());
  await world.store.delete('web', 1);
  const text = encoded(withFile(first, fileSize(first)));
  if (text.length > LIMIT || text.length < LIMIT - 8)
    throw new Fault(`cannot make a record of ${LIMIT} bytes: ${text.length}`);
  await records.put({ name: 'web', version: 1, status: 'deployed', text });
  for (const line of lines) {
    const [mark, ...args] = line.map((arg) => (arg === 'CHART' ? join(place.home, 'small') : arg));
    const seen = await pintle(scene, args);
    if (mark === 'refused') checkRefused(seen);
    else checkDone(seen);
  }
  const all = (await world.store.query({ name: 'web' })).map(({ release }) => release.info.status);
  if (all.filter((status) => status === 'deployed').length > 1) throw new Fault('deployed twice');
  if (all.some((status) => /^pending|^uninstalling/.test(status))) throw new Fault(`left ${all.join()}`);
}

const REFUSALS: Readonly<Record<string, Extract<Break, { kind: 'answer' }>['answer']>> = {
  'a page': { status: 413, type: 'text/html', body: '<html>413 Request Entity Too Large</html>' },
  'a status': {
    status: 413,
    body: JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'RequestEntityTooLarge',
      message: 'Request entity too large: limit is 3145728',
      code: 413,
    }),
  },
};

const CRD = [
  'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: GROUP}\nspec:\n',
  '  group: sizes.example.com\n  scope: Namespaced\n  names: {kind: NAME, plural: PLURAL, singular: SINGULAR}\n',
  '  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]\n',
].join('');

function definitions({ namespace }: Place): Readonly<Record<string, string>> {
  const singular = `s${namespace.slice(-6)}`;
  const names = {
    GROUP: `${singular}s.sizes.example.com`,
    NAME: `S${singular.slice(1)}`,
    PLURAL: `${singular}s`,
    SINGULAR: singular,
  };
  return { 'crds/a.yaml': CRD.replace(/GROUP|NAME|PLURAL|SINGULAR/g, (key) => names[key as keyof typeof names]) };
}

/** The operations that begin with something other than a record, too. */
const OPERATIONS = [
  'install',
  'install --create-namespace',
  'install with definitions',
  'upgrade',
  'rollback',
  'upgrade --crds=upgrade',
];

async function argsOf(operation: string, { place, world }: Scene): Promise<readonly string[]> {
  const crds = definitions(place);
  const small = writeChart(place, 'small', 2000);
  const chart = await loadChartFrom(small);
  if (!operation.startsWith('install')) await install({ chart }, { name: 'web' }, world.context());
  if (operation === 'rollback') await upgrade({ chart, values: { a: '2' } }, { name: 'web' }, world.context());
  if (operation === 'install with definitions') return ['install', 'web', writeChart(place, 'crds', 2000, crds)];
  if (operation === 'upgrade --crds=upgrade') {
    return ['upgrade', 'web', writeChart(place, 'crds', 2000, crds), '--crds=upgrade'];
  }
  if (operation === 'rollback') return ['rollback', 'web', '1'];
  return [operation.split(' ')[0] as string, 'web', small, ...operation.split(' ').slice(1), '--set', 'a=3'];
}

/** Something before the server takes less than it does. */
async function entity(kind: Kind, operation: string, answer: (typeof REFUSALS)[string]): Promise<void> {
  const scene = await openScene(kind);
  const args = await argsOf(operation, scene);
  const plural = new RegExp(`/${kind.toLowerCase()}s(/sh\\.helm.*)?$`);
  const breaks = ({ method, path }: ProxiedCall): Break | undefined =>
    method !== 'GET' && plural.test(path) ? { kind: 'answer', when: 'before', answer } : undefined;
  const before = await scene.raw.tokens();
  checkRefused(await pintle(scene, args, { breaks }));
  await checkSame(scene, before);
  checkDone(await pintle(scene, args));
}

async function checkSame({ raw: records }: Scene, before: ReadonlyMap<string, string>): Promise<void> {
  const after = await records.tokens();
  if (JSON.stringify([...before].sort()) !== JSON.stringify([...after].sort())) {
    throw new Fault(`records changed: ${[...before]} to ${[...after]}`);
  }
}

/** No room for one more. */
async function quota(kind: Kind, operation: string): Promise<void> {
  const scene = await openScene(kind);
  const { place } = scene;
  const args = await argsOf(operation, scene);
  const path = `/api/v1/namespaces/${place.namespace}`;
  const { text } = await place.ask({ method: 'GET', path: `${path}/${kind.toLowerCase()}s` });
  const used = (JSON.parse(text) as { items: unknown[] }).items.length;
  const resource = `count/${kind.toLowerCase()}s`;
  const spec = { hard: { [resource]: String(used) } };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'full' }, spec });
  await place.ask({ method: 'POST', path: `${path}/resourcequotas`, body });
  for (let i = 0; i < 200; i++) {
    const { text: found } = await place.ask({ method: 'GET', path: `${path}/resourcequotas/full` });
    if (found.includes(`"hard":{"${resource}"`) && found.includes('"used"')) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const before = await scene.raw.tokens();
  checkRefused(await pintle(scene, args), /exceeded quota: full/);
  await checkSame(scene, before);
  await place.ask({ method: 'DELETE', path: `${path}/resourcequotas/full` });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  checkDone(await pintle(scene, args));
}

/** More than any request may have. */
async function request(kind: Kind, size: number): Promise<void> {
  const scene = await openScene(kind);
  const small = writeChart(scene.place, 'small', 10);
  checkDone(await pintle(scene, ['install', 'web', small]));
  const large = writeChart(scene.place, 'large', size, definitions(scene.place));
  checkRefused(await pintle(scene, ['install', 'other', large]));
  checkRefused(await pintle(scene, ['upgrade', 'web', large, '--crds=upgrade']));
}

const KINDS: readonly Kind[] = ['Secret', 'ConfigMap'];
const OFFSETS = options.all
  ? [
      -6000, -2400, -1800, -1500, -1200, -1000, -800, -600, -500, -400, -300, -200, -150, -100, -60, -30, -12, -9, -6,
      -3, 0, 3, 60,
    ]
  : [-6000, -1200, -500, -12, 0, 60];

const cases = KINDS.flatMap((kind) => [
  ...[LIMIT - 1, LIMIT, LIMIT + 1].map((size) => asCase(`${size} bytes (${kind})`, () => raw(kind, size))),
  ...OFFSETS.map((offset) => asCase(`at the limit, ${offset} (${kind})`, () => atLimit(kind, offset))),
  asCase(`full, uninstall (${kind})`, () => full(kind, ['done', 'uninstall', 'web'])),
  asCase(`full, uninstall --keep-history (${kind})`, () => full(kind, ['done', 'uninstall', 'web', '--keep-history'])),
  asCase(`full, upgrade (${kind})`, () =>
    full(kind, ['done', 'upgrade', 'web', 'CHART'], ['done', 'rollback', 'web', '1'], ['done', 'uninstall', 'web']),
  ),
  ...OPERATIONS.flatMap((operation, i) =>
    Object.entries(REFUSALS)
      .filter((_, j) => options.all || (i + j) % 2 === (kind === 'Secret' ? 0 : 1))
      .map(([what, answer]) => asCase(`413 ${what}, ${operation} (${kind})`, () => entity(kind, operation, answer))),
  ),
  ...OPERATIONS.filter(() => kind === 'Secret').map((operation) =>
    asCase(`full quota, ${operation} (${kind})`, () => quota(kind, operation)),
  ),
  asCase(`3 MiB (${kind})`, () => request(kind, 3 * LIMIT)),
]);

let isWell = false;
try {
  isWell = await runCases(cases, options, 'F8');
} finally {
  for (const place of places) {
    const { PLURAL } = { PLURAL: `s${place.namespace.slice(-6)}s` };
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${PLURAL}.sizes.example.com`;
    await place.ask({ method: 'DELETE', path });
    await place.close();
  }
}
process.exit(isWell ? 0 : 1);
