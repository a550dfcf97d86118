/** What all writes have in common: options, decoding, admission, checks. */
import { isList, isObject, type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { unmarshalJson } from '../../../go/json.ts';
import { toServed, toStorage } from '../api/convert.ts';
import type { Resource } from '../api/resource.ts';
import { decodeCustom } from '../api/structural.ts';
import { childIf, type Draft, draftOf, strings, text } from '../edit.ts';
import { decodeTyped } from '../objects/decode.ts';
import { applyDefaults } from '../objects/default-kinds.ts';
import { annotationFaults, asPrefix, faultsOf, labelFaults, qualifiedName } from '../objects/names.ts';
import { nameRule } from '../objects/strategy.ts';
import { badRequest, type Fault, forbidden, invalidValue, notFound, required } from '../server/refusal.ts';
import type { World } from '../world.ts';

/** One write as the request asks for it. */
export interface Write {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly dryRun: boolean;
  readonly manager: string;
  readonly validation: 'Strict' | 'Warn' | 'Ignore';
  /** For the answer's Warning headers. */
  readonly warnings: string[];
}

export const NAMESPACES = { group: '', resource: 'namespaces', kind: 'Namespace' };

/** A body as an object in the form in which it is stored, with defaults. @throws Refusal 400 */
export function decodeObject(world: World, write: Write, body: Json): Draft {
  const { resource } = write;
  const decoded = decodeServed(world, resource, body);
  reportUnknown(write, decoded.unknown);
  const draft = toStorage(resource, decoded.value as Draft);
  applyDefaults(resource.storage, draft);
  return draft;
}

function reportUnknown(write: Write, unknown: readonly string[]): void {
  if (unknown.length === 0 || write.validation === 'Ignore') return;
  if (write.validation === 'Warn') {
    write.warnings.push(...unknown);
    return;
  }
  throw badRequest(`${cannotHandle(write.resource)}: strict decoding error: ${unknown.join(', ')}`);
}

export function cannotHandle({ kind, version }: Resource): string {
  return `${kind} in version "${version}" cannot be handled as a ${kind}`;
}

/** A body in the served version: typed, unknown fields gone and told. */
export function decodeServed(
  world: World,
  resource: Resource,
  body: Json,
): { readonly value: Json; readonly unknown: readonly string[] } {
  if (!isObject(body)) throw badRequest('the body is no object');
  const wanted = resource.group ? `${resource.group}/${resource.version}` : resource.version;
  const kind = text(own(body, 'kind')) || resource.kind;
  const apiVersion = text(own(body, 'apiVersion')) || wanted;
  if (kind !== resource.kind || apiVersion !== wanted) {
    const what = `${kind} in version "${apiVersion.split('/').at(-1)}" cannot be handled as a ${resource.kind}`;
    const known = world.registry.byKind(apiVersion, kind);
    const name = resource.group.split('.')[0] || 'core';
    const why = known
      ? `converting (${known.version}.${kind}) to (${name}.${resource.kind}): unknown conversion`
      : `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`;
    throw badRequest(`${what}: ${why}`);
  }
  const whole = { ...body, apiVersion, kind };
  const types = { definitions: world.registry.definitions, pointers: world.registry.builtin.pointers };
  if (resource.custom) return decodeCustom(resource, whole, types);
  return decodeTyped(resource.definition, whole, types, cannotHandle(resource));
}

/** An object as a version shows it. */
export function served(resource: Resource, object: KubeObject): KubeObject {
  return toServed(resource, object);
}

/** The name and namespace of an object must be those of the path. @throws Refusal 400 */
export function checkPlace(write: Write, draft: Draft): void {
  const metadata = childIf(draft, 'metadata') as Draft;
  const { resource, namespace } = write;
  const given = text(metadata['namespace']);
  if (!resource.namespaced) {
    delete metadata['namespace'];
  } else if (given !== '' && given !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  } else metadata['namespace'] = namespace;
  if (write.name === '') return;
  const name = text(metadata['name']);
  if (name === '') metadata['name'] = write.name;
  else if (name !== write.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${write.name})`);
  }
}

/** Nothing is made in a namespace that is not there or is going. Go: admission plugin NamespaceLifecycle */
export function checkNamespace(world: World, write: Write, name: string): void {
  const { resource, namespace } = write;
  if (!resource.namespaced) return;
  const found = world.store.get('namespaces', '', namespace);
  if (found === undefined) throw notFound(NAMESPACES, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}

/** What is wrong with an object's metadata. Go: apimachinery/pkg/api/validation */
export function metadataFaults(resource: Resource, draft: Draft): Fault[] {
  const metadata = childIf(draft, 'metadata') ?? {};
  const rule = nameRule(resource);
  const generated = text(metadata['generateName']);
  const name = text(metadata['name']);
  return [
    ...(generated ? faultsOf(asPrefix(rule), 'metadata.generateName', generated) : []),
    ...(name ? faultsOf(rule, 'metadata.name', name) : [required('metadata.name', 'name or generateName is required')]),
    ...labelFaults(strings(metadata['labels']), 'metadata.labels'),
    ...annotationFaults(strings(metadata['annotations']), 'metadata.annotations'),
    ...finalizerFaults(metadata['finalizers']),
  ];
}

const FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function finalizerFaults(finalizers: Json | undefined): Fault[] {
  if (!isList(finalizers)) return [];
  const names = finalizers.map(text);
  const unqualified = names.flatMap((name, i) => {
    if (name.includes('/') || FINALIZERS.has(name)) return [];
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalidValue(`metadata.finalizers[${i}]`, name, why)];
  });
  return [...names.flatMap((name) => faultsOf(qualifiedName, 'metadata.finalizers', name)), ...unqualified];
}

/** A change of an object that is to be made in a copy. */
export function changed(object: KubeObject, change: (draft: Draft) => void): Draft {
  const draft = draftOf(object);
  change(draft);
  return draft;
}

/** Go's words for what is wrong with a text. */
export function parseError(text: string): string {
  try {
    unmarshalJson(text);
    return 'it is no JSON';
  } catch (error) {
    return (error as Error).message;
  }
}
