/** What single kinds get on their way in. Go: pkg/registry/<group>/<kind>/strategy.go */
import { isList, type KubeObject, newObject, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { child, childIf, type Draft, each, sameData, strings, text } from '../edit.ts';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** Before it is noted who set what: what reading the object in this version has always set. */
export function convertCreate(resource: Resource, draft: Draft): void {
  if (resource.storage === 'daemonsets.apps') {
    child(child(draft, 'metadata'), 'annotations')[TEMPLATE_GENERATION] = '0';
  }
}

/** After the object has its uid. */
export function completeCreate(resource: Resource, draft: Draft): void {
  if (resource.storage === 'jobs.batch') selectPods(draft);
  if (resource.storage === 'customresourcedefinitions.apiextensions.k8s.io') {
    const kept = each(draft['spec'], 'versions').find((version) => version['storage'] === true);
    child(draft, 'status')['storedVersions'] = kept ? [text(kept['name'])] : null;
  }
  if (resource.storage === 'daemonsets.apps') {
    child(child(draft, 'metadata'), 'annotations')[TEMPLATE_GENERATION] = '1';
  }
}

/** What is stored differs from what was written only here: a list without anything is none. */
export function completeStored(resource: Resource, draft: Draft): void {
  if (!/^(cluster)?roles\.rbac\.authorization\.k8s\.io$/.test(resource.storage)) return;
  const rules = own(draft, 'rules');
  if (isList(rules) && rules.length === 0) draft['rules'] = null;
}

/** What the server's defaults add when it reads back what it has stored. */
export function completeRead(resource: Resource, draft: Draft): void {
  if (resource.storage !== 'jobs.batch') return;
  const metadata = child(draft, 'metadata');
  const labels = own(own(own(own(draft, 'spec'), 'template'), 'metadata'), 'labels');
  if (Object.keys(strings(metadata['labels'])).length === 0 && labels !== undefined) {
    metadata['labels'] = newObject(Object.entries(strings(labels)));
  }
}

/** After the object has what it keeps of the one before. */
export function completeUpdate(resource: Resource, draft: Draft, live: KubeObject): void {
  if (resource.storage !== 'daemonsets.apps') return;
  const before = Number(live.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1);
  const isSame = sameData(own(own(live, 'spec'), 'template'), own(own(draft, 'spec'), 'template'));
  child(child(draft, 'metadata'), 'annotations')[TEMPLATE_GENERATION] = `${isSame ? before : before + 1}`;
}

/** Labels that tell a Job's Pods from all others. Go: pkg/registry/batch/job/strategy.go generateSelector */
function selectPods(job: Draft): void {
  const spec = child(job, 'spec');
  if (spec['manualSelector'] === true) return;
  const metadata = child(job, 'metadata');
  const [name, uid] = [text(metadata['name']), text(metadata['uid'])];
  const labels = child(child(child(spec, 'template'), 'metadata'), 'labels');
  const isShared = childIf(metadata, 'labels') === labels;
  for (const prefix of ['batch.kubernetes.io/', '']) {
    labels[`${prefix}controller-uid`] = uid;
    labels[`${prefix}job-name`] = name;
  }
  // A Job's missing labels are those of its template.
  if (isShared) metadata['labels'] = newObject(Object.entries(strings(labels)));
  child(child(spec, 'selector'), 'matchLabels')['batch.kubernetes.io/controller-uid'] = uid;
}
