/** Checks of kinds that have Pod templates. Go: pkg/apis/apps/validation, pkg/apis/batch/validation */
import { isObject, type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { childIf, copy, type Draft, each, number, sameData, strings, text } from '../edit.ts';
import { type Fault, forbiddenField, invalidValue, notSupported, required } from '../server/refusal.ts';
import { labelFaults } from './names.ts';
import { matchesSelector } from './selectors.ts';
import { podSpecFaults, templateFaults } from './validate-pods.ts';

const IMMUTABLE = 'field is immutable';

function isEmptySelector(selector: Draft | undefined): boolean {
  const labels = Object.keys(strings(own(selector, 'matchLabels'))).length;
  return labels + each(selector, 'matchExpressions').length === 0;
}

function selectorFaults(spec: Draft, kind: string): Fault[] {
  const selector = childIf(spec, 'selector');
  if (selector === undefined) return [required('spec.selector')];
  const faults = labelFaults(strings(own(selector, 'matchLabels')), 'spec.selector.matchLabels');
  if (!isEmptySelector(selector)) return faults;
  return [...faults, invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`)];
}

function matchFaults(spec: Draft): Fault[] {
  const selector = childIf(spec, 'selector');
  if (selector !== undefined && isEmptySelector(selector)) return [];
  const labels = strings(own(own(own(spec, 'template'), 'metadata'), 'labels'));
  if (matchesSelector(selector, labels)) return [];
  const value: Json = Object.keys(labels).length > 0 ? labels : null;
  return [invalidValue('spec.template.metadata.labels', value, '`selector` does not match template `labels`')];
}

function alwaysFaults(spec: Draft, kind: string): Fault[] {
  const podSpec = own(own(spec, 'template'), 'spec');
  const policy = text(own(podSpec, 'restartPolicy'));
  const faults = policy === 'Always' ? [] : [notSupported('spec.template.spec.restartPolicy', policy, ['Always'])];
  if (own(podSpec, 'activeDeadlineSeconds') === undefined) return faults;
  const field = 'spec.template.spec.activeDeadlineSeconds';
  return [...faults, forbiddenField(field, `activeDeadlineSeconds in ${kind} is not Supported`)];
}

function negativeFaults(spec: Draft, names: readonly string[]): Fault[] {
  return names
    .filter((name) => number(own(spec, name), 0) < 0)
    .map((name) => invalidValue(`spec.${name}`, own(spec, name) as Json, 'must be greater than or equal to 0'));
}

export function deploymentFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const strategy = own(spec, 'strategy');
  const faults = [
    ...negativeFaults(spec, ['replicas']),
    ...selectorFaults(spec, 'deployment'),
    ...matchFaults(spec),
    ...templateFaults(childIf(spec, 'template'), 'spec.template'),
    ...alwaysFaults(spec, 'ReplicaSet'),
    ...strategyFaults(strategy),
    ...negativeFaults(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
  ];
  const deadline = number(own(spec, 'progressDeadlineSeconds'), 600);
  if (deadline <= number(own(spec, 'minReadySeconds'), 0)) {
    faults.push(invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return [...faults, ...immutableSelector(spec, live)];
}

function strategyFaults(strategy: Json | undefined): Fault[] {
  const type = text(own(strategy, 'type'));
  if (type !== 'Recreate' && type !== 'RollingUpdate') {
    const rolling = own(strategy, 'rollingUpdate');
    const { maxUnavailable = 0, maxSurge = 0 } = (rolling ?? {}) as Draft;
    const shown = rolling === undefined ? null : { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge };
    return [notSupported('spec.strategy', { Type: type, RollingUpdate: shown }, ['Recreate', 'RollingUpdate'])];
  }
  const rolling = own(strategy, 'rollingUpdate');
  if (type === 'Recreate' && isObject(rolling)) {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return [forbiddenField('spec.strategy.rollingUpdate', why)];
  }
  const isZero = (value: Json | undefined): boolean => value === 0 || value === '0%';
  if (type === 'RollingUpdate' && isZero(own(rolling, 'maxSurge')) && isZero(own(rolling, 'maxUnavailable'))) {
    const value = own(rolling, 'maxUnavailable') as Json;
    return [invalidValue('spec.strategy.rollingUpdate.maxUnavailable', value, 'may not be 0 when `maxSurge` is 0')];
  }
  return [];
}

function immutableSelector(spec: Draft, live: KubeObject | undefined): Fault[] {
  if (live === undefined || sameData(own(own(live, 'spec'), 'selector'), own(spec, 'selector'))) return [];
  return [invalidValue('spec.selector', own(spec, 'selector') ?? null, IMMUTABLE)];
}

export function replicaSetFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  return [
    ...negativeFaults(spec, ['replicas', 'minReadySeconds']),
    ...selectorFaults(spec, 'deployment'),
    ...matchFaults(spec),
    ...templateFaults(childIf(spec, 'template'), 'spec.template'),
    ...alwaysFaults(spec, 'ReplicaSet'),
    ...immutableSelector(spec, live),
  ];
}

export function daemonSetFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const selector = childIf(spec, 'selector');
  const isEmpty = selector !== undefined && isEmptySelector(selector);
  return [
    ...(selector === undefined ? [required('spec.selector')] : []),
    ...matchFaults(spec),
    ...(isEmpty ? [invalidValue('spec.selector', selector, 'empty selector is invalid for daemonset')] : []),
    ...templateFaults(childIf(spec, 'template'), 'spec.template'),
    ...alwaysFaults(spec, 'DaemonSet'),
    ...negativeFaults(spec, ['minReadySeconds', 'revisionHistoryLimit']),
    ...immutableSelector(spec, live),
  ];
}

const STATEFUL_FREE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
];
const STATEFUL_TEXT =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export function statefulSetFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const template = copy(own(spec, 'template') ?? {}) as Draft;
  const podSpec = childIf(template, 'spec');
  if (podSpec) {
    // The controller gives them, and the volumes of the claims.
    delete podSpec['hostname'];
    delete podSpec['subdomain'];
    const claims = each(spec, 'volumeClaimTemplates').map((claim) => text(own(claim['metadata'], 'name')));
    const volumes = claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
    const others = each(podSpec, 'volumes').filter((volume) => !claims.includes(text(volume['name'])));
    podSpec['volumes'] = [...volumes, ...others];
  }
  const faults = [
    ...negativeFaults(spec, ['replicas', 'minReadySeconds']),
    ...selectorFaults(spec, 'statefulset'),
    ...matchFaults(spec),
    ...templateFaults(template, 'spec.template'),
    ...alwaysFaults(spec, 'StatefulSet'),
  ];
  if (live === undefined) return faults;
  const rest = (from: Json | undefined): Json =>
    Object.fromEntries(Object.entries((from ?? {}) as Draft).filter(([key]) => !STATEFUL_FREE.includes(key)));
  if (!sameData(rest(spec), rest(own(live, 'spec')))) faults.push(forbiddenField('spec', STATEFUL_TEXT));
  return faults;
}

export function jobFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const faults = [...jobSpecFaults(spec, 'spec'), ...matchFaults(spec)];
  if (live === undefined) return faults;
  const before = own(live, 'spec');
  const isSuspended = own(before, 'suspend') === true && own(own(live, 'status'), 'startTime') === undefined;
  const immutable = ['completions', 'selector', ...(isSuspended ? [] : ['template']), 'completionMode'];
  for (const key of [...immutable, 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']) {
    if (key === 'completions' && own(spec, 'completionMode') === 'Indexed') continue;
    if (sameData(own(before, key) ?? null, own(spec, key) ?? null)) continue;
    faults.push(invalidValue(`spec.${key}`, own(spec, key) ?? null, IMMUTABLE));
  }
  return faults;
}

function jobSpecFaults(spec: Draft, path: string): Fault[] {
  const names = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];
  const faults = names
    .filter((name) => number(own(spec, name), 0) < 0)
    .map((name) => invalidValue(`${path}.${name}`, own(spec, name) as Json, 'must be greater than or equal to 0'));
  faults.push(...templateFaults(childIf(spec, 'template'), `${path}.template`));
  const policy = text(own(own(own(spec, 'template'), 'spec'), 'restartPolicy'));
  const field = `${path}.template.spec.restartPolicy`;
  if (policy === 'Always' || policy === '') faults.push(required(field, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') {
    faults.push(notSupported(field, policy, ['OnFailure', 'Never']));
  }
  return faults;
}

export function cronJobFaults(object: Draft): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const schedule = text(own(spec, 'schedule'));
  const faults: Fault[] = [];
  const name = text(own(own(object, 'metadata'), 'name'));
  if (name.length > 52) faults.push(invalidValue('metadata.name', name, 'must be no more than 52 characters'));
  if (schedule === '') faults.push(required('spec.schedule'));
  else {
    const why = scheduleFault(schedule);
    if (why !== undefined) faults.push(invalidValue('spec.schedule', schedule, why));
  }
  const policies = ['Allow', 'Forbid', 'Replace'];
  const policy = text(own(spec, 'concurrencyPolicy'));
  if (!policies.includes(policy)) faults.push(notSupported('spec.concurrencyPolicy', policy, policies));
  const job = childIf(childIf(spec, 'jobTemplate'), 'spec') ?? {};
  return [...faults, ...jobSpecFaults(job, 'spec.jobTemplate.spec')];
}

/** Go: github.com/robfig/cron ParseStandard */
function scheduleFault(schedule: string): string | undefined {
  if (schedule.startsWith('@')) {
    if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(schedule)) return undefined;
    if (schedule.startsWith('@every ')) return undefined;
    return `unrecognized descriptor: ${schedule}`;
  }
  const fields = schedule.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  return undefined;
}

const POD_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function podFaults(object: Draft, live: KubeObject | undefined): Fault[] {
  const spec = childIf(object, 'spec') ?? {};
  const faults = podSpecFaults(spec, 'spec');
  if (live === undefined) return faults;
  const rest = (from: Draft): Json => {
    const draft = copy(from) as Draft;
    for (const key of ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds']) delete draft[key];
    for (const key of ['containers', 'initContainers']) for (const one of each(draft, key)) delete one['image'];
    return draft;
  };
  const before = own(live, 'spec') as Draft;
  if (!sameData(rest(spec), rest(before))) faults.push(forbiddenField('spec', POD_TEXT));
  return faults;
}
