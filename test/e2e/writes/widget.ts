/** A kind with lists and maps of every sort. */
import type { JsonObject } from '../../../src/cluster/json.ts';
import { WIDGETS } from './objects.ts';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const set = { ...texts, 'x-kubernetes-list-type': 'set' } as const;
const map = { type: 'object', additionalProperties: text } as const;

function keyed(keys: readonly string[], properties: JsonObject): JsonObject {
  return {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': [...keys],
    items: { type: 'object', required: keys.slice(0, 1), properties },
  };
}

const spec: JsonObject = {
  type: 'object',
  properties: {
    mode: text,
    count: { type: 'integer' },
    ratio: { type: 'number' },
    any: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, text] },
    tags: set,
    list: texts,
    parts: keyed(['name'], { name: text, size: { type: 'integer' }, tags: set, options: map }),
    ports: keyed(['port', 'protocol'], { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } }),
    whole: { ...map, 'x-kubernetes-map-type': 'atomic' },
    values: map,
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    nest: { type: 'object', properties: { deep: map } },
  },
};

export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${WIDGETS.plural}.${WIDGETS.group}` },
  spec: {
    group: WIDGETS.group,
    scope: 'Namespaced',
    names: { plural: WIDGETS.plural, kind: WIDGETS.kind },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
      },
    ],
  },
};
