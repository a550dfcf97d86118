/** Paths below an object: scale, logs, eviction, a namespace's end. */
import { type Json, type KubeObject, own, parseJson } from '../../../cluster/json.ts';
import { applyMergePatch } from '../../../cluster/patch/merge-patch.ts';
import { child, draftOf, each, number, text } from '../edit.ts';
import { formatSelector } from '../objects/selectors.ts';
import { type Answer, jsonAnswer, textAnswer } from '../server/answer.ts';
import { badRequest, notAllowed } from '../server/refusal.ts';
import type { Request } from '../server/request.ts';
import { timeAt, type World } from '../world.ts';
import { getObject } from './read.ts';
import { removalOf, removeByName, removeIfDone } from './remove.ts';
import { updateObject } from './update.ts';

/** What every container says. */
const LOG = 'simulated container log\n';

export function subresourceAnswer(world: World, request: Request): Answer {
  switch (request.subresource) {
    case 'scale':
      return scaleAnswer(world, request);
    case 'log':
      return logAnswer(world, request);
    case 'eviction': {
      const { resource, namespace, name, body } = request;
      const options = body ? own(parseJson(body), 'deleteOptions') : undefined;
      removeByName(world, resource, namespace, name, removalOf(options, request.query));
      return jsonAnswer(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
    }
    case 'token':
      return tokenAnswer(world, request);
    case 'finalize':
      return finalizeAnswer(world, request);
    default:
      throw notAllowed();
  }
}

function scaleOf(object: KubeObject): Json {
  const spec = own(object, 'spec');
  const status = own(object, 'status');
  const { name = '', namespace = '', uid = '', resourceVersion = '', creationTimestamp = '' } = object.metadata;
  const replicas = own(spec, 'replicas');
  const selector = formatSelector(own(spec, 'selector'));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 || replicas === undefined ? {} : { replicas },
    status: { replicas: number(own(status, 'replicas'), 0), ...(selector === '<none>' ? {} : { selector }) },
  };
}

function scaleAnswer(world: World, request: Request): Answer {
  const live = getObject(world, request);
  if (request.method === 'GET') return jsonAnswer(200, scaleOf(live));
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw notAllowed();
  const sent = parseJson(request.body);
  const scale = request.method === 'PUT' ? sent : applyMergePatch(scaleOf(live), sent);
  const draft = draftOf(live);
  child(draft, 'spec')['replicas'] = number(own(own(scale, 'spec'), 'replicas'), 0);
  const { resource, namespace, name, query, headers } = request;
  const manager = query['fieldManager'] ?? ((headers['user-agent'] ?? '').split('/')[0] || 'unknown');
  const dryRun = query['dryRun'] === 'All';
  const write = { resource, namespace, name, manager, dryRun, subresource: 'scale', validation: 'Ignore' as const };
  return jsonAnswer(200, scaleOf(updateObject(world, { ...write, warnings: [] }, live, draft)));
}

/** Go: pkg/registry/core/pod/strategy.go LogLocation */
function logAnswer(world: World, request: Request): Answer {
  const pod = getObject(world, request);
  const name = text(pod.metadata.name);
  const spec = own(pod, 'spec');
  const names = (key: string): string[] => each(spec, key).map((container) => text(container['name']));
  const [containers, inits] = [names('containers'), names('initContainers')];
  const wanted = request.query['container'];
  if (wanted === undefined) {
    if (containers.length + inits.length > 1) {
      const names = [...inits, ...containers].join(' ');
      throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names}]`);
    }
  } else if (![...containers, ...inits].includes(wanted)) {
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const container = wanted ?? containers[0] ?? '';
  const phase = own(own(pod, 'status'), 'phase');
  if (phase === 'Pending') {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ContainerCreating`);
  }
  const lines = request.query['tailLines'] === '0' ? '' : LOG;
  const isDated = request.query['timestamps'] === 'true' && lines !== '';
  return {
    ...textAnswer(200, isDated ? `2026-01-01T00:00:00Z ${lines}` : lines),
    headers: { 'content-type': 'text/plain' },
  };
}

function tokenAnswer(world: World, request: Request): Answer {
  const account = getObject(world, request);
  const { name = '', namespace = '' } = account.metadata;
  const seconds = number(own(own(parseJson(request.body || '{}'), 'spec'), 'expirationSeconds'), 3600);
  const expirationTimestamp = timeAt(world.clock.now().milliseconds + seconds * 1000);
  const spec = { audiences: ['https://kubernetes.default.svc'], expirationSeconds: seconds, boundObjectRef: null };
  return jsonAnswer(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace },
    spec,
    status: { token: `sandbox.${namespace}.${name}`, expirationTimestamp },
  });
}

function finalizeAnswer(world: World, request: Request): Answer {
  if (request.method !== 'PUT') throw notAllowed();
  const live = getObject(world, request);
  const draft = draftOf(live);
  const spec = own(parseJson(request.body), 'spec');
  draft['spec'] = spec ?? {};
  return jsonAnswer(200, removeIfDone(world, 'namespaces', world.store.put('namespaces', draft)) as unknown as Json);
}
