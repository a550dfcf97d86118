/** What the server says that it serves. Go: apiserver/pkg/endpoints/discovery */
import type { Json } from '../../../cluster/json.ts';
import { apiVersionOf } from '../api/convert.ts';
import type { Registry } from '../api/registry.ts';
import type { Resource } from '../api/resource.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { noSuchResource } from './refusal.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The answer for a path of discovery, or undefined for any other path. */
export function discoveryAnswer(registry: Registry, path: string, accept: string): Answer | undefined {
  const isAggregated = accept.includes('as=APIGroupDiscoveryList') && /\bv=v2\b/.test(accept);
  const clean = path.replace(/\/$/, '');
  if (clean === '/api') return isAggregated ? aggregated(registry, true) : jsonAnswer(200, coreVersions());
  if (clean === '/apis') return isAggregated ? aggregated(registry, false) : jsonAnswer(200, groupList(registry));
  const [, root, first = '', second] = clean.split('/');
  if (root !== 'apis' && root !== 'api') return undefined;
  if (clean.split('/').length > (root === 'api' ? 3 : 4)) return undefined;
  if (root === 'apis' && second === undefined) {
    const versions = registry.groups().get(first);
    return versions && jsonAnswer(200, { kind: 'APIGroup', apiVersion: 'v1', ...group(first, versions) });
  }
  const groupVersion = root === 'api' ? first : `${first}/${second}`;
  const resources = registry.resources(groupVersion);
  if (resources === undefined && root === 'apis' && registry.groups().has(first)) throw noSuchResource();
  if (resources === undefined || (root === 'apis' && first === '')) return undefined;
  const list = resources.flatMap(legacyResources);
  return jsonAnswer(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: list });
}

function coreVersions(): Json {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: 'sandbox' }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

function groupList(registry: Registry): Json {
  const groups = [...registry.groups()]
    .filter(([name]) => name !== '')
    .map(([name, versions]) => group(name, versions));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

function group(name: string, versions: readonly string[]): { readonly [key: string]: Json } {
  const list = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: list, preferredVersion: list[0] as Json };
}

function legacyResources(resource: Resource): Json[] {
  const { namespaced, kind, shortNames, categories, storageVersionHash } = resource;
  const extra = {
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(storageVersionHash ? { storageVersionHash } : {}),
  };
  const head = { name: resource.resource, singularName: resource.singular, namespaced, kind };
  return [
    { ...head, verbs: resource.verbs, ...extra },
    ...resource.subresources.map((sub) => {
      const isOther = apiVersionOf(sub) !== apiVersionOf(resource);
      const foreign = isOther ? { group: sub.group, version: sub.version } : {};
      const name = `${resource.resource}/${sub.name}`;
      return { name, singularName: '', namespaced, ...foreign, kind: sub.kind, verbs: sub.verbs };
    }),
  ];
}

function aggregated(registry: Registry, isCore: boolean): Answer {
  const items = [...registry.groups()]
    .filter(([name]) => (name === '') === isCore)
    .map(([name, versions]) => ({
      metadata: { ...(name ? { name } : {}), creationTimestamp: null },
      versions: versions.map((version) => {
        const resources = registry.resources(apiVersionOf({ group: name, version })) ?? [];
        return { version, resources: resources.map(aggregatedResource), freshness: 'Current' };
      }),
    }));
  const body = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  return jsonAnswer(200, body, { 'content-type': AGGREGATED });
}

function aggregatedResource(resource: Resource): Json {
  const { group, version, kind } = resource;
  return {
    resource: resource.resource,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(resource.subresources.length > 0
      ? {
          subresources: resource.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
            verbs: sub.verbs,
          })),
        }
      : {}),
  };
}
