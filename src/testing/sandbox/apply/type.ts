/**
 * A type as structured merges see it: which of a scalar, a list and a map a value may be, and who can own what of it.
 * Go: structured-merge-diff/schema, kube-openapi/schemaconv
 */
import { isList, isObject, type Json } from '../../../cluster/json.ts';
import type { TypeSchema } from '../../../cluster/types.ts';

export type ScalarType = 'numeric' | 'string' | 'boolean' | 'untyped';

export interface ListType {
  readonly element: MergeType;
  /** It has one owner as a whole. */
  readonly atomic: boolean;
  /** What tells the elements of a list of maps apart. Empty for a set. */
  readonly keys: readonly string[];
}

export interface MapType {
  /** The type of a declared field. */
  field(name: string): MergeType | undefined;
  /** The type of all other keys; undefined where there may be none. */
  readonly element: MergeType | undefined;
  readonly atomic: boolean;
  /** What a field has when it is not there. */
  defaultOf(name: string): Json | undefined;
}

/** At least one of the three. Go: schema.Atom */
export interface MergeType {
  readonly scalar?: ScalarType;
  readonly list?: ListType;
  readonly map?: MapType;
}

/** What nothing is known of and what has one owner. */
const untyped: MergeType = {
  scalar: 'untyped',
  get list(): ListType {
    return { element: untyped, atomic: true, keys: [] };
  },
  get map(): MapType {
    return untypedMap;
  },
};

const untypedMap: MapType = { field: noField, element: untyped, atomic: true, defaultOf: noField };

/** What nothing is known of: maps have an owner for each key, lists one. */
export const deduced: MergeType = {
  scalar: 'untyped',
  list: { element: untyped, atomic: true, keys: [] },
  get map(): MapType {
    return deducedMap;
  },
};

const deducedMap: MapType = { field: noField, element: deduced, atomic: false, defaultOf: noField };

/** Nothing is known of what is in a map, though it may be known whose it is. */
export function isDeducedMap(map: MapType): boolean {
  return map.field === noField && map.element === deduced;
}

function noField(): undefined {
  return undefined;
}

/** The types made of schemas, for those in closed surroundings and for those in open ones. */
const closed = new WeakMap<TypeSchema, MergeType>();
const open = new WeakMap<TypeSchema, MergeType>();

/**
 * The merge type of a schema, made as far as one looks. Without a schema everything is deduced from the values.
 *
 * @param isOpen Something around it keeps fields that are not described.
 */
export function mergeType(schema: TypeSchema | undefined, isOpen = false): MergeType {
  if (schema === undefined) return deduced;
  const inOpen = isOpen || schema.isOpen === true;
  const types = inOpen ? open : closed;
  let type = types.get(schema);
  if (type === undefined) types.set(schema, (type = makeType(schema, inOpen)));
  return type;
}

/** Go: schemaconv parseSchema */
function makeType(schema: TypeSchema, isOpen: boolean): MergeType {
  switch (schema.type) {
    case 'object':
      return { map: mapType(schema, isOpen) };
    case 'array':
      return { list: listType(schema, isOpen) };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return { scalar: schema.format === undefined || schema.format === 'byte' ? 'string' : 'untyped' };
    default:
      return anyType(schema);
  }
}

function anyType(schema: TypeSchema): MergeType {
  if (schema.typeName === 'Quantity') return { scalar: 'untyped' };
  if (schema.mapType !== 'atomic') return deduced;
  return schema.typeName === 'RawExtension' ? untyped : { ...deduced, map: { ...deducedMap, atomic: true } };
}

function mapType(schema: TypeSchema, isOpen: boolean): MapType {
  const { additional } = schema;
  const others = isOpen || schema.properties.length === 0 ? deduced : undefined;
  const fields = new Map<string, MergeType>();
  return {
    field: (name) => {
      let field = fields.get(name);
      const property = field === undefined ? schema.property(name) : undefined;
      if (property !== undefined) fields.set(name, (field = mergeType(property, inherits(property, isOpen))));
      return field;
    },
    element: additional === undefined ? others : mergeType(additional, inherits(additional, isOpen)),
    atomic: schema.mapType === 'atomic',
    defaultOf: (name) => schema.property(name)?.defaultValue,
  };
}

/** Types with a name stand for themselves, whatever is around the place that refers to them. */
function inherits(schema: TypeSchema, isOpen: boolean): boolean {
  return isOpen && schema.typeName === undefined;
}

/** Go: getListElementRelationship */
function listType(schema: TypeSchema, isOpen: boolean): ListType {
  const { items } = schema;
  const element = items === undefined ? untyped : mergeType(items, inherits(items, isOpen));
  switch (schema.listType) {
    case 'atomic':
      return { element, atomic: true, keys: [] };
    case 'set':
      return { element, atomic: false, keys: [] };
    case 'map':
      return { element, atomic: false, keys: schema.listMapKeys };
  }
  const atomic = !schema.patchStrategy.includes('merge');
  const keys = atomic || schema.patchMergeKey === undefined ? [] : [schema.patchMergeKey];
  return { element, atomic, keys };
}

/** What of a type applies to a value: nothing is ruled out where it is absent, null, or fits nowhere. Go: deduceAtom */
export function narrow(type: MergeType, value: Json | undefined): MergeType {
  if (value === undefined || value === null) return type;
  if (isList(value)) return type.list === undefined ? type : { list: type.list };
  if (isObject(value)) return type.map === undefined ? type : { map: type.map };
  return type.scalar === undefined ? type : { scalar: type.scalar };
}

/** Whether two narrowed types of one type are the same. */
export function sameType(a: MergeType, b: MergeType): boolean {
  return (
    a.scalar === b.scalar &&
    (a.list === undefined) === (b.list === undefined) &&
    (a.map === undefined) === (b.map === undefined)
  );
}
