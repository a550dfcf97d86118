/** The history of templates of StatefulSets and DaemonSets. Go: pkg/controller/history */
import { type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { copy, type Draft, draftOf, number, sameData, strings, text } from '../edit.ts';
import { hashOf, type World } from '../world.ts';
import { create, int, owned, ownerReference, REVISIONS, remove, shortHash } from './common.ts';

/** The revision of an object's template as it is now, made where it is new. */
export function currentRevision(world: World, owner: KubeObject, label: string): KubeObject | undefined {
  const template = { ...(copy(own(own(owner, 'spec'), 'template') ?? {}) as Draft), $patch: 'replace' };
  const data = { spec: { template } } as Json;
  const all = revisionsOf(world, owner);
  const same = all.find((revision) => sameData(own(revision, 'data'), data));
  const newest = Math.max(0, ...all.map((revision) => int(own(revision, 'revision'))));
  if (same) {
    if (int(own(same, 'revision')) === newest) return same;
    const draft = draftOf(same);
    draft['revision'] = newest + 1;
    return world.store.put(REVISIONS, draft);
  }
  const hash = shortHash(hashOf(data));
  const labels = strings(own(own(own(owner, 'spec'), 'template'), 'metadata'));
  const metadata = {
    name: `${owner.metadata.name}-${hash}`,
    labels: { ...strings(own(labels, 'labels')), [label]: hash },
    ...(owner.metadata.annotations ? { annotations: owner.metadata.annotations } : {}),
    ownerReferences: [ownerReference(owner)],
  };
  const body = { metadata, data, revision: newest + 1 };
  return create(world, 'apps/v1', 'controllerrevisions', text(owner.metadata.namespace), body);
}

export function revisionsOf(world: World, owner: KubeObject): KubeObject[] {
  return owned(world, REVISIONS, owner).sort((a, b) => int(own(a, 'revision')) - int(own(b, 'revision')));
}

/** Takes away what is too old and not in use. */
export function trimRevisions(world: World, owner: KubeObject, used: ReadonlySet<string>): void {
  const limit = number(own(own(owner, 'spec'), 'revisionHistoryLimit'), 10);
  const idle = revisionsOf(world, owner).filter((revision) => !used.has(text(revision.metadata.name)));
  for (const revision of idle.slice(0, Math.max(idle.length - limit, 0))) remove(world, REVISIONS, revision);
}
