/** What a CustomResourceDefinition makes the server serve. Go: apiextensions-apiserver/pkg/apiserver */
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  newObject,
  own,
} from '../../../cluster/json.ts';
import { childIf, each, text } from '../edit.ts';
import type { Resource } from './resource.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/** The name of a version's definition in OpenAPI documents: `com.example.v1.Widget`. */
function definitionName(group: string, version: string, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

/** The kinds, one for each served version. */
export function customServed(definition: KubeObject): readonly Resource[] {
  const spec = childIf(definition, 'spec');
  const names = childIf(spec, 'names');
  const group = text(own(spec, 'group'));
  const storage = each(spec, 'versions').find((v) => v['storage'] === true);
  return each(spec, 'versions')
    .filter((version) => version['served'] === true)
    .map((version) => {
      const name = text(version['name']);
      const kind = text(own(names, 'kind'));
      const subresources = childIf(version, 'subresources');
      const verbs = ['get', 'patch', 'update'];
      const hasScale = own(subresources, 'scale') !== undefined;
      const hasStatus = own(subresources, 'status') !== undefined;
      return {
        group,
        version: name,
        kind,
        resource: text(own(names, 'plural')),
        singular: text(own(names, 'singular')),
        namespaced: own(spec, 'scope') === 'Namespaced',
        verbs: VERBS,
        shortNames: list(own(names, 'shortNames')),
        categories: list(own(names, 'categories')),
        storageVersionHash: '',
        subresources: [
          ...(hasStatus ? [{ name: 'status', group, version: name, kind, verbs }] : []),
          ...(hasScale ? [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs }] : []),
        ],
        definition: definitionName(group, name, kind),
        storage: `${text(own(names, 'plural'))}.${group}`,
        storageVersion: text(own(storage, 'name')) || name,
        custom: {
          name: text(definition.metadata.name),
          schema: schemaOf(version),
          hasStatus,
          hasScale,
          columns: each(version, 'additionalPrinterColumns'),
        },
      };
    });
}

function list(value: Json | undefined): readonly string[] {
  return isList(value) ? value.map((item) => text(item)) : [];
}

function schemaOf(version: JsonObject): Json | undefined {
  return own(childIf(version, 'schema'), 'openAPIV3Schema');
}

/** The schemas as OpenAPI documents show them: with apiVersion, kind and metadata of every object. */
export function customDefinitions(definition: KubeObject): readonly (readonly [string, Json])[] {
  const spec = childIf(definition, 'spec');
  const group = text(own(spec, 'group'));
  const kind = text(own(childIf(spec, 'names'), 'kind'));
  return each(spec, 'versions')
    .filter((version) => version['served'] === true)
    .map((version) => {
      const schema = schemaOf(version) ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
      const name = text(version['name']);
      return [definitionName(group, name, kind), published(schema, group, name, kind)];
    });
}

function published(schema: Json, group: string, version: string, kind: string): Json {
  const result = newObject(Object.entries(schema as JsonObject));
  const properties = newObject(Object.entries((own(schema, 'properties') as JsonObject | undefined) ?? {}));
  properties['apiVersion'] = { type: 'string' };
  properties['kind'] = { type: 'string' };
  properties['metadata'] = {
    allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }],
  };
  result['properties'] = embedded(properties) as Json;
  result['x-kubernetes-group-version-kind'] = [{ group, kind, version }];
  return result;
}

/** Objects within objects have metadata, too. */
function embedded(properties: JsonObject): JsonObject {
  return newObject(
    Object.entries(properties).map(([key, value]) => {
      if (!isObject(value) || own(value, 'x-kubernetes-embedded-resource') !== true) return [key, value] as const;
      const inner = newObject(Object.entries((own(value, 'properties') as JsonObject | undefined) ?? {}));
      inner['apiVersion'] ??= { type: 'string' };
      inner['kind'] ??= { type: 'string' };
      inner['metadata'] ??= { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
      return [key, newObject([...Object.entries(value), ['properties', inner]])] as const;
    }),
  );
}
