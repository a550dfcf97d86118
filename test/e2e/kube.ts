/**
 * The steps of a script that look at a cluster, or act on it as somebody else would:
 *
 *     kube get KIND/NAME [PATH]        the object, or what is at the path, as YAML; without what each cluster sets itself
 *     kube list KIND [SELECTOR]        names, sorted
 *     kube managers KIND/NAME          who manages which fields
 *     kube create FILE                 · kube patch KIND/NAME FILE (a merge patch) · kube delete KIND/NAME
 *     kube record FILE [TEXT]          the record of a release, whose YAML the file is; or one that holds TEXT instead
 *     kube wait KIND/NAME PATH VALUE   until the value is there · kube gone KIND/NAME
 *
 * KIND is a plural name, with `.VERSION.GROUP` where the table below does not know it.
 */
import { gzipSync } from 'node:zlib';
import {
  dig,
  fromValue,
  isList,
  isObject,
  type Json,
  type JsonObject,
  newObject,
  own,
  toValue,
} from '../../src/cluster/json.ts';
import { yamlToValue } from '../../src/yaml/decode.ts';
import { toYaml } from '../../src/yaml/emit.ts';
import { splitDocuments } from '../../src/yaml/split.ts';
import type { Answered, Ask } from './world.ts';

/** Plural name: group and version, and whether it belongs to no namespace. */
const KINDS: Readonly<Record<string, readonly [string, 'cluster'?]>> = {
  clusterrolebindings: ['rbac.authorization.k8s.io/v1', 'cluster'],
  clusterroles: ['rbac.authorization.k8s.io/v1', 'cluster'],
  configmaps: ['v1'],
  cronjobs: ['batch/v1'],
  customresourcedefinitions: ['apiextensions.k8s.io/v1', 'cluster'],
  daemonsets: ['apps/v1'],
  deployments: ['apps/v1'],
  endpoints: ['v1'],
  horizontalpodautoscalers: ['autoscaling/v2'],
  ingresses: ['networking.k8s.io/v1'],
  jobs: ['batch/v1'],
  limitranges: ['v1'],
  namespaces: ['v1', 'cluster'],
  networkpolicies: ['networking.k8s.io/v1'],
  persistentvolumeclaims: ['v1'],
  poddisruptionbudgets: ['policy/v1'],
  pods: ['v1'],
  priorityclasses: ['scheduling.k8s.io/v1', 'cluster'],
  replicasets: ['apps/v1'],
  resourcequotas: ['v1'],
  rolebindings: ['rbac.authorization.k8s.io/v1'],
  roles: ['rbac.authorization.k8s.io/v1'],
  secrets: ['v1'],
  serviceaccounts: ['v1'],
  services: ['v1'],
  statefulsets: ['apps/v1'],
};

/** Milliseconds that a step waits for the cluster. */
const PATIENCE = 30_000;

/** Runs a step; answers with what it prints. */
export async function runKube(ask: Ask, namespace: string, words: readonly string[], text: string): Promise<string> {
  const [verb = '', target = '', ...rest] = words;
  switch (verb) {
    case 'create':
      return create(ask, namespace, text);
    case 'delete':
      return outcome(await ask({ method: 'DELETE', path: pathOf(target, namespace) }), 'deleted');
    case 'get':
      return get(ask, namespace, target, rest[0]);
    case 'gone':
      return wait(ask, pathOf(target, namespace), ({ status }) => status === 404);
    case 'list':
      return list(ask, namespace, target, rest[0] ?? '');
    case 'managers':
      return managers(ask, namespace, target);
    case 'patch': {
      const body = JSON.stringify(fromValue(yamlToValue(text)));
      const path = `${pathOf(target, namespace)}?fieldManager=somebody`;
      return outcome(await ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' }), 'patched');
    }
    case 'record':
      return record(ask, namespace, text, rest[0]);
    case 'wait':
      return wait(ask, pathOf(target, namespace), ({ status, text: found }) => {
        if (status !== 200) return false;
        return String(dig(JSON.parse(found) as Json, ...(rest[0] ?? '').split('.'))) === rest[1];
      });
    default:
      throw new Error(`there is no step kube ${verb}`);
  }
}

function outcome({ status, text }: Answered, done: string): string {
  return status < 300 ? `${done}\n` : `${status} ${String(dig(JSON.parse(text) as Json, 'message'))}\n`;
}

/** Helm: storage/driver/secrets.go newSecretsObject */
async function record(ask: Ask, namespace: string, text: string, content: string | undefined): Promise<string> {
  const release = fromValue(yamlToValue(text)) as JsonObject;
  const [name, version] = [String(release['name']), String(release['version'])];
  const labels = { name, owner: 'helm', status: String(dig(release, 'info', 'status')), version };
  const packed = content ?? gzipSync(JSON.stringify(release)).toString('base64');
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: { name: `sh.helm.release.v1.${name}.v${version}`, labels },
    data: { release: Buffer.from(packed).toString('base64') },
  });
  return outcome(await ask({ method: 'POST', path: pathOf('secrets', namespace), body }), 'recorded');
}

/** `KIND/NAME` or `KIND`. */
function pathOf(target: string, namespace: string): string {
  const [kind = '', name] = target.split('/');
  const [plural = '', ...place] = kind.split('.');
  const known = Object.hasOwn(KINDS, plural) ? KINDS[plural] : undefined;
  const [version = '', ...group] = place;
  const [api, scope] = known ?? [`${group.join('.')}/${version}`];
  const root = api === 'v1' ? '/api/v1' : `/apis/${api}`;
  const folder = scope === 'cluster' ? root : `${root}/namespaces/${namespace}`;
  return `${folder}/${plural}${name === undefined ? '' : `/${name}`}`;
}

async function create(ask: Ask, namespace: string, text: string): Promise<string> {
  let printed = '';
  for (const document of splitDocuments(text)) {
    const object = fromValue(yamlToValue(document)) as JsonObject;
    const api = String(object['apiVersion']);
    const plural = Object.keys(KINDS).find((name) => singular(name) === String(object['kind']).toLowerCase());
    const group = api.includes('/') ? `${api.split('/')[1]}.${api.split('/')[0]}` : '';
    const kind = plural ?? `${String(object['kind']).toLowerCase()}s.${group}`;
    const place = String(dig(object, 'metadata', 'namespace') ?? namespace);
    const path = `${pathOf(kind, place)}?fieldManager=somebody`;
    printed += outcome(await ask({ method: 'POST', path, body: JSON.stringify(object) }), 'created');
  }
  return printed;
}

function singular(plural: string): string {
  if (plural === 'endpoints') return plural;
  return plural
    .replace(/ies$/, 'y')
    .replace(/(ss)es$/, '$1')
    .replace(/([^s])s$/, '$1');
}

async function get(ask: Ask, namespace: string, target: string, path: string | undefined): Promise<string> {
  const answer = await ask({ method: 'GET', path: pathOf(target, namespace) });
  if (answer.status !== 200) return outcome(answer, '');
  const object = JSON.parse(answer.text) as Json;
  const found = path === undefined ? bare(object as JsonObject) : dig(object, ...path.split('.'));
  if (found === undefined) return 'nothing\n';
  return isObject(found) || isList(found) ? toYaml(toValue(found)) : `${String(found)}\n`;
}

/** An object without what a cluster writes into it by itself. */
export function bare(object: JsonObject): JsonObject {
  const kept = newObject(Object.entries(object).filter(([key]) => key !== 'status'));
  const unwanted = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'uid'];
  const metadata = Object.entries((own(object, 'metadata') ?? {}) as JsonObject);
  const wanted = newObject(metadata.filter(([key]) => !unwanted.includes(key)));
  const annotations = Object.entries((wanted['annotations'] ?? {}) as JsonObject);
  const others = annotations.filter(([key]) => !/^(deployment|pv|volume(\.beta)?)\.kubernetes\.io\//.test(key));
  if (others.length > 0) wanted['annotations'] = newObject(others);
  else delete wanted['annotations'];
  kept['metadata'] = wanted;
  return kept;
}

async function list(ask: Ask, namespace: string, kind: string, selector: string): Promise<string> {
  const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
  const answer = await ask({ method: 'GET', path: pathOf(kind, namespace) + query });
  if (answer.status !== 200) return outcome(answer, '');
  const items = own(JSON.parse(answer.text) as Json, 'items');
  const names = isList(items) ? items.map((item) => String(dig(item, 'metadata', 'name'))) : [];
  const made = new Set(['kube-root-ca.crt', 'default', 'kubernetes']);
  return names
    .filter((name) => !made.has(name))
    .sort()
    .map((name) => `${name}\n`)
    .join('');
}

async function managers(ask: Ask, namespace: string, target: string): Promise<string> {
  const answer = await ask({ method: 'GET', path: pathOf(target, namespace) });
  if (answer.status !== 200) return outcome(answer, '');
  const entries = dig(JSON.parse(answer.text) as Json, 'metadata', 'managedFields');
  if (!isList(entries)) return 'nobody\n';
  return entries
    .filter((entry) => own(entry, 'subresource') !== 'status' && own(entry, 'manager') !== 'kube-controller-manager')
    .map((entry) => {
      const fields = fieldsOf(own(entry, 'fieldsV1') ?? null, '').sort();
      const who = `${String(own(entry, 'manager'))} ${String(own(entry, 'operation'))}\n`;
      return who + fields.map((field) => `  ${field}\n`).join('');
    })
    .sort()
    .join('');
}

/** The ends of a set of fields, as paths. */
function fieldsOf(fields: Json, path: string): string[] {
  if (!isObject(fields)) return [path];
  const inner = Object.entries(fields).filter(([key]) => key !== '.');
  if (inner.length === 0) return [path];
  return inner.flatMap(([key, value]) => fieldsOf(value ?? null, `${path}/${key.replace(/^f:/, '')}`));
}

async function wait(ask: Ask, path: string, done: (answer: Answered) => boolean): Promise<string> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    if (done(await ask({ method: 'GET', path }))) return '';
    if (Date.now() > end) return 'not so after all\n';
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
