/** OpenAPI v3 documents, one for each group version: schemas, and of the paths what says that they can be patched. */
import { type Json, newObject } from '../../../cluster/json.ts';
import type { Registry } from '../api/registry.ts';
import type { Resource } from '../api/resource.ts';
import { hashOf } from '../world.ts';
import { type Answer, jsonAnswer } from './answer.ts';

const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';

export function openapiAnswer(registry: Registry, path: string): Answer | undefined {
  const clean = path.replace(/\/$/, '');
  if (clean === '/openapi/v3') return jsonAnswer(200, { paths: index(registry) });
  if (!clean.startsWith('/openapi/v3/')) return undefined;
  const groupVersion = clean.slice('/openapi/v3/'.length).replace(/^apis?\//, '');
  const resources = registry.resources(groupVersion);
  return resources && jsonAnswer(200, document(registry, groupVersion, resources));
}

function pathOf(groupVersion: string): string {
  return groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`;
}

function index(registry: Registry): Json {
  return newObject(
    registry.groupVersions.map((groupVersion) => {
      const path = pathOf(groupVersion);
      const resources = registry.resources(groupVersion) ?? [];
      const schemas = resources.filter((r) => r.custom).map((r) => r.custom?.schema ?? null);
      const hash = hashOf([groupVersion, registry.builtin.version['gitVersion'] ?? '', ...schemas]);
      const text = hash.toString(16).padStart(8, '0').toUpperCase();
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${text}` }] as const;
    }),
  );
}

function document(registry: Registry, groupVersion: string, resources: readonly Resource[]): Json {
  const roots = resources.flatMap((r) => [r.definition, `${r.definition}List`]);
  const names = closure(registry, [...roots.filter((name) => name !== ''), DELETE_OPTIONS]);
  const schemas = newObject(names.map((name) => [name, registry.definitions(name) as Json] as const));
  const paths = newObject(resources.flatMap((r) => resourcePaths(groupVersion, r)));
  const version = registry.builtin.version['gitVersion'] ?? '';
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version }, paths, components: { schemas } };
}

function closure(registry: Registry, names: readonly string[]): readonly string[] {
  const builtin = registry.builtin.closure(names);
  const custom = names.filter((name) => registry.builtin.definition(name) === undefined && registry.definitions(name));
  const needed = custom.length > 0 ? registry.builtin.closure(['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']) : [];
  return [...new Set([...builtin, ...custom, ...needed])].sort();
}

function resourcePaths(groupVersion: string, resource: Resource): [string, Json][] {
  const { group, version, kind, namespaced } = resource;
  const place = namespaced ? `namespaces/{namespace}/${resource.resource}` : resource.resource;
  const query = (name: string): Json => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(query);
  const gvk = { 'x-kubernetes-group-version-kind': { group, version, kind } };
  const patch = { 'x-kubernetes-action': 'patch', parameters, ...gvk };
  const post = { 'x-kubernetes-action': 'post', parameters: parameters.slice(0, 3), ...gvk };
  return [
    [`/${pathOf(groupVersion)}/${place}`, { post }],
    [`/${pathOf(groupVersion)}/${place}/{name}`, { patch }],
  ];
}
