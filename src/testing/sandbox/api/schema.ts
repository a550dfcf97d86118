/** OpenAPI schemas as the sandbox follows them: references, and the view that patches and server-side apply want. */
import { isList, isObject, type Json, type JsonObject, own } from '../../../cluster/json.ts';
import type { TypeSchema } from '../../../cluster/types.ts';

/** Finds a definition by its full name. */
export type Definitions = (name: string) => Json | undefined;

const REFERENCE = '#/components/schemas/';

/** The name of the definition that a schema points to. */
export function referenceOf(schema: Json | undefined): string | undefined {
  const all = own(schema, 'allOf');
  const ref = own(isList(all) ? all[0] : schema, '$ref');
  return typeof ref === 'string' && ref.startsWith(REFERENCE) ? ref.slice(REFERENCE.length) : undefined;
}

/** The schema itself, where one is only pointed to. */
export function resolve(schema: Json | undefined, definitions: Definitions): JsonObject | undefined {
  const name = referenceOf(schema);
  const found = name === undefined ? schema : definitions(name);
  return isObject(found) ? found : undefined;
}

/** Types that take anything: whole objects, quantities, int-or-string. */
export function isOpen(schema: JsonObject): boolean {
  if (own(schema, 'oneOf') || own(schema, 'x-kubernetes-int-or-string') === true) return true;
  if (own(schema, 'type') === undefined && own(schema, 'properties') === undefined) return true;
  const empty = own(schema, 'properties') === undefined && own(schema, 'additionalProperties') === undefined;
  return own(schema, 'type') === 'object' && empty;
}

const views = new WeakMap<JsonObject, WeakMap<JsonObject, TypeSchema>>();

/** A lazy view of a schema. `field` is the place that points to it, which says how it merges. */
export function viewSchema(field: Json | undefined, definitions: Definitions): TypeSchema | undefined {
  const schema = resolve(field, definitions);
  if (schema === undefined || !isObject(field)) return undefined;
  let byField = views.get(field);
  if (byField === undefined) views.set(field, (byField = new WeakMap()));
  let view = byField.get(schema);
  if (view === undefined) byField.set(schema, (view = new View(field, schema, definitions)));
  return view;
}

class View implements TypeSchema {
  readonly #field: JsonObject;
  readonly #schema: JsonObject;
  readonly #definitions: Definitions;

  constructor(field: JsonObject, schema: JsonObject, definitions: Definitions) {
    this.#field = field;
    this.#schema = schema;
    this.#definitions = definitions;
  }

  #extension(name: string): Json | undefined {
    return own(this.#field, `x-kubernetes-${name}`) ?? own(this.#schema, `x-kubernetes-${name}`);
  }

  get type(): TypeSchema['type'] {
    if (isOpen(this.#schema)) return 'any';
    const type = own(this.#schema, 'type');
    return (typeof type === 'string' ? type : 'object') as TypeSchema['type'];
  }

  get typeName(): string | undefined {
    const name = referenceOf(this.#field);
    return name?.slice(name.lastIndexOf('.') + 1);
  }

  get format(): string | undefined {
    const format = own(this.#schema, 'format');
    return typeof format === 'string' ? format : undefined;
  }

  get isOpen(): boolean {
    return own(this.#schema, 'x-kubernetes-preserve-unknown-fields') === true;
  }

  property(name: string): TypeSchema | undefined {
    return viewSchema(own(own(this.#schema, 'properties'), name), this.#definitions);
  }

  get properties(): readonly string[] {
    return Object.keys(own(this.#schema, 'properties') ?? {});
  }

  get additional(): TypeSchema | undefined {
    const additional = own(this.#schema, 'additionalProperties');
    return additional === true ? viewSchema({}, this.#definitions) : viewSchema(additional, this.#definitions);
  }

  get items(): TypeSchema | undefined {
    return viewSchema(own(this.#schema, 'items'), this.#definitions);
  }

  get listType(): TypeSchema['listType'] {
    return this.#extension('list-type') as TypeSchema['listType'];
  }

  get listMapKeys(): readonly string[] {
    return (this.#extension('list-map-keys') ?? []) as readonly string[];
  }

  get mapType(): TypeSchema['mapType'] {
    const type = this.#extension('map-type') as TypeSchema['mapType'];
    // Go: schemaconv knows this one type by its name.
    return type ?? (this.typeName === 'RawExtension' ? 'atomic' : undefined);
  }

  get patchStrategy(): readonly string[] {
    const strategy = this.#extension('patch-strategy');
    return typeof strategy === 'string' ? strategy.split(',') : [];
  }

  get patchMergeKey(): string | undefined {
    const key = this.#extension('patch-merge-key');
    return typeof key === 'string' ? key : undefined;
  }

  get defaultValue(): Json | undefined {
    return own(this.#field, 'default') ?? own(this.#schema, 'default');
  }
}
