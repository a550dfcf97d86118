/** A watch whose connections break in every way, while objects come, change and go. */
import type { KubeObject } from '../../../src/cluster/json.ts';
import type { Break } from './breaking-proxy.ts';
import type { ProxiedWorld } from './verbs.ts';

const GONE = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' };
const BROKEN = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'InternalError',
  code: 500,
  message: 'x',
};

/** One after the other; between them a connection that is let alone. */
const ENDS: readonly Break[] = [
  { kind: 'watch', after: 300, end: 'reset' },
  { kind: 'answer', when: 'before', answer: { status: 410, body: JSON.stringify(GONE) } },
  { kind: 'watch', after: 300, end: JSON.stringify({ type: 'ERROR', object: GONE }) },
  { kind: 'watch', after: 300, end: 'midline' },
  { kind: 'watch', after: 300, end: 'silent' },
  { kind: 'watch', after: 300, end: JSON.stringify({ type: 'ERROR', object: BROKEN }) },
  { kind: 'watch', after: 300, end: '<html>' },
  { kind: 'answer', when: 'before', answer: { status: 503, type: 'text/plain', body: 'not now' } },
  { kind: 'watch', after: 300, end: 'close' },
];

/** How long the last change may take to be seen: as long as a connection that died in silence stays unnoticed. */
const PATIENCE = 20_000;

/** Undefined where the watch ended with what is there. */
export async function checkWatch(world: ProxiedWorld, milliseconds: number): Promise<string | undefined> {
  const { cluster, direct, proxy, namespace } = world;
  let watches = 0;
  proxy.breaks = ({ isWatch }) => (isWatch ? ENDS[watches++ % (ENDS.length + 1)] : undefined);
  const mapping = await cluster.discovery.mapping('v1', 'ConfigMap');
  const controller = new AbortController();
  const seen = new Map<string, string>();
  const watching = (async () => {
    for await (const event of cluster.client.watch(mapping, { ...SELECTED, namespace, signal: controller.signal })) {
      if (event.type === 'synced') {
        seen.clear();
        for (const item of event.items) note(seen, item);
      } else if (event.type === 'deleted') seen.delete(event.object.metadata.name ?? '');
      else note(seen, event.object);
    }
  })();
  const end = Date.now() + milliseconds;
  for (let i = 0; Date.now() < end; i++) {
    const ref = { mapping, namespace, name: `w-${i % 12}` };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: ref.name, labels: { w: '1' } } };
    await direct.client.patch(ref, 'application/apply-patch+yaml', { ...object, data: { n: String(i) } });
    if (i % 5 === 4) await direct.client.delete({ ...ref, name: `w-${(i * 7) % 12}` }).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const there = new Map<string, string>();
  for (const item of (await direct.client.list(mapping, { ...SELECTED, namespace })).items) note(there, item);
  const late = Date.now() + PATIENCE;
  while (textOf(seen) !== textOf(there) && Date.now() < late) await new Promise((resolve) => setTimeout(resolve, 50));
  controller.abort();
  await watching;
  proxy.breaks = () => undefined;
  return textOf(seen) === textOf(there) ? undefined : `saw ${textOf(seen)} where there is ${textOf(there)}`;
}

const SELECTED = { labelSelector: 'w=1' };

function note(objects: Map<string, string>, { metadata }: KubeObject): void {
  objects.set(metadata.name ?? '', metadata.resourceVersion ?? '');
}

function textOf(objects: ReadonlyMap<string, string>): string {
  return [...objects]
    .map(([name, version]) => `${name}@${version}`)
    .sort()
    .join(' ');
}
