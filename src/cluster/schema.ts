import { isList, isObject, type Json, type JsonObject, own } from './json.ts';
import type { TypeSchema } from './types.ts';

/** References in OpenAPI v3 and v2. */
const REFERENCE = /^#\/(?:components\/schemas|definitions)\//;

/** A chain of references that is longer leads in a circle. */
const MAX_REFERENCES = 32;

/** Views that were made, so that a type which contains itself is one object however deep one looks. */
type Views = WeakMap<object, TypeSchema>;

/**
 * The type `name` of an OpenAPI document's schemas (`components.schemas` in v3, `definitions` in v2), made as far as
 * one looks. Undefined where the document has none of that name.
 *
 * @example typeSchema(schemas, 'io.k8s.api.core.v1.Pod')?.property('spec')?.property('containers')?.listMapKeys
 */
export function typeSchema(schemas: Json | undefined, name: string): TypeSchema | undefined {
  const node = own(schemas, name);
  // By way of a reference, so that the type knows its name.
  return isObject(node) ? nodeSchema(schemas, { $ref: `#/components/schemas/${name}` }) : undefined;
}

/** A schema that stands on its own, as in a CRD; `schemas` are what it may refer to. */
export function nodeSchema(schemas: Json | undefined, node: JsonObject): TypeSchema {
  return viewOf(schemas, node, new WeakMap());
}

/** The name of the schema for a kind, by the mark that Kubernetes gives it. */
export function schemaName(
  schemas: Json | undefined,
  group: string,
  version: string,
  kind: string,
): string | undefined {
  if (!isObject(schemas)) return undefined;
  for (const name of Object.keys(schemas)) {
    const marks = own(own(schemas, name), 'x-kubernetes-group-version-kind');
    if (!isList(marks)) continue;
    // Types that are served everywhere (DeleteOptions) have many marks; those of a kind have one.
    for (const mark of marks) {
      if (own(mark, 'kind') === kind && own(mark, 'version') === version && own(mark, 'group') === group) return name;
    }
  }
  return undefined;
}

function viewOf(schemas: Json | undefined, node: JsonObject, views: Views): TypeSchema {
  const known = views.get(node);
  if (known !== undefined) return known;
  const view = new NodeSchema(schemas, node, views);
  views.set(node, view);
  return view;
}

class NodeSchema implements TypeSchema {
  private readonly schemas: Json | undefined;
  private readonly views: Views;
  /** What stands at the place, which goes before what it refers to. */
  private readonly layers: readonly JsonObject[];
  readonly type: TypeSchema['type'];

  constructor(schemas: Json | undefined, node: JsonObject, views: Views) {
    this.schemas = schemas;
    this.views = views;
    this.layers = layersOf(schemas, node);
    this.type = this.typeOf();
  }

  private typeOf(): TypeSchema['type'] {
    if (this.get('x-kubernetes-int-or-string') === true || isAnyOf(this.get('oneOf')) || isAnyOf(this.get('anyOf'))) {
      return 'any';
    }
    const type = this.get('type');
    switch (type) {
      case 'string':
        return this.get('format') === 'int-or-string' ? 'any' : type;
      case 'array':
      case 'integer':
      case 'number':
      case 'boolean':
        return type;
    }
    // A structure without fields is one of which nothing is known. Go: kube-openapi proto.Arbitrary
    return this.has('properties') || isObject(this.get('additionalProperties')) ? 'object' : 'any';
  }

  private get(key: string): Json | undefined {
    for (const layer of this.layers) {
      const value = own(layer, key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  private has(key: string): boolean {
    const value = this.get(key);
    return isObject(value) && Object.keys(value).length > 0;
  }

  get typeName(): string | undefined {
    for (const layer of this.layers) {
      const reference = own(referring(layer), '$ref');
      if (typeof reference === 'string') return reference.slice(reference.search(/[^./]*$/));
    }
    return undefined;
  }

  property(name: string): TypeSchema | undefined {
    return this.view(own(this.get('properties'), name));
  }

  get properties(): readonly string[] {
    const properties = this.get('properties');
    return isObject(properties) ? Object.keys(properties) : [];
  }

  get additional(): TypeSchema | undefined {
    return this.view(this.get('additionalProperties'));
  }

  get items(): TypeSchema | undefined {
    return this.view(this.get('items'));
  }

  get listType(): TypeSchema['listType'] {
    const type = this.get('x-kubernetes-list-type');
    return type === 'atomic' || type === 'set' || type === 'map' ? type : undefined;
  }

  get listMapKeys(): readonly string[] {
    const keys = this.get('x-kubernetes-list-map-keys');
    return isList(keys) ? keys.filter((key) => typeof key === 'string') : [];
  }

  get mapType(): TypeSchema['mapType'] {
    const type = this.get('x-kubernetes-map-type');
    if (type === 'atomic' || type === 'granular') return type;
    // Go: schemaconv knows this one type by its name.
    return this.typeName === 'RawExtension' ? 'atomic' : undefined;
  }

  get format(): string | undefined {
    const format = this.get('format');
    return typeof format === 'string' ? format : undefined;
  }

  get isOpen(): boolean {
    return this.get('x-kubernetes-preserve-unknown-fields') === true;
  }

  get patchStrategy(): readonly string[] {
    const strategy = this.get('x-kubernetes-patch-strategy');
    return typeof strategy === 'string' ? strategy.split(',') : [];
  }

  get patchMergeKey(): string | undefined {
    const key = this.get('x-kubernetes-patch-merge-key');
    return typeof key === 'string' ? key : undefined;
  }

  get defaultValue(): Json | undefined {
    return this.get('default');
  }

  private view(node: Json | undefined): TypeSchema | undefined {
    return isObject(node) ? viewOf(this.schemas, node, this.views) : undefined;
  }
}

/** A node and, one after the other, what it refers to: directly, or as the only part of `allOf`. */
function layersOf(schemas: Json | undefined, node: JsonObject): readonly JsonObject[] {
  const layers = [node];
  let at = node;
  for (let i = 0; i < MAX_REFERENCES; i++) {
    const reference = own(referring(at), '$ref');
    if (typeof reference !== 'string' || !REFERENCE.test(reference)) break;
    const target = own(schemas, unescapeName(reference.replace(REFERENCE, '')));
    if (!isObject(target)) break;
    layers.push(target);
    at = target;
  }
  return layers;
}

/** The part of a schema that may hold a reference. */
function referring(node: JsonObject): JsonObject | undefined {
  if (own(node, '$ref') !== undefined) return node;
  const all = own(node, 'allOf');
  const [only] = isList(all) && all.length === 1 ? all : [];
  return isObject(only) ? only : undefined;
}

/** JSON pointers write `~` and `/` in names as escapes. */
function unescapeName(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Choices between scalars: int-or-string, quantities. */
function isAnyOf(choices: Json | undefined): boolean {
  if (!isList(choices) || choices.length < 2) return false;
  return choices.every((choice) => ['string', 'integer', 'number'].includes(String(own(choice, 'type'))));
}
