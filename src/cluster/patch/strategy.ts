/** What strategicpatch asks of a type: how a field is patched and what it holds. Go: strategicpatch/meta.go */
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import type { TypeSchema } from '../types.ts';

/** A field's own type and the way to patch it. */
export interface PatchField {
  /** Undefined where nothing is known: everything below is replaced as a whole. */
  readonly schema: TypeSchema;
  /** Without retainKeys. Empty: maps are merged, lists replaced. */
  readonly strategy: string;
  readonly retainKeys: boolean;
  /** Empty where the elements are scalars. */
  readonly mergeKey: string;
}

/**
 * The field of a structure.
 *
 * @throws GoError where the type is no structure, has no such field, or its strategy is unknown
 */
export function structField(schema: TypeSchema, key: string): PatchField {
  const field = lookUp(schema, key);
  return { ...strategyOf(field), schema: field, mergeKey: field.patchMergeKey ?? '' };
}

/**
 * The field of a structure that is a list; `schema` is that of its elements.
 *
 * @throws GoError as {@link structField}, and where the field is no list of structures or scalars
 */
export function listField(schema: TypeSchema, key: string): PatchField {
  const field = lookUp(schema, key);
  if (field.type !== 'array' || field.items === undefined) {
    throw new GoError('expected slice or array type, but got: struct');
  }
  if (field.items.type === 'array') throw new GoError('unexpected slice of slice');
  return { ...strategyOf(field), schema: field.items, mergeKey: field.patchMergeKey ?? '' };
}

/** Go: third_party/forked/golang/json LookupPatchMetadataForStruct */
function lookUp(schema: TypeSchema, key: string): TypeSchema {
  const kind = goKind(schema);
  if (kind !== 'struct') {
    throw new GoError(`merging an object in json but data type is not struct, instead is: ${kind}`);
  }
  const field = schema.property(key) ?? foldedProperty(schema, key);
  if (field !== undefined) return field;
  throw new GoError(`unable to find api field in struct ${schema.typeName ?? ''} for the json field ${quote(key)}`);
}

/** Go's JSON reader takes a field's name in any case. */
function foldedProperty(schema: TypeSchema, key: string): TypeSchema | undefined {
  const folded = key.toLowerCase();
  const name = schema.properties.find((property) => property.toLowerCase() === folded);
  return name === undefined ? undefined : schema.property(name);
}

/** The Go kind of the type that a schema was made from. What accepts anything is a struct with no visible fields. */
export function goKind(schema: TypeSchema): string {
  switch (schema.type) {
    case 'object':
      return schema.properties.length === 0 && schema.additional !== undefined ? 'map' : 'struct';
    case 'array':
      return 'slice';
    case 'integer':
      return 'int32';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return 'struct';
  }
}

/** Go: extractRetainKeysPatchStrategy */
function strategyOf(field: TypeSchema): Pick<PatchField, 'strategy' | 'retainKeys'> {
  const strategies = field.patchStrategy;
  const others = strategies.filter((strategy) => strategy !== 'retainKeys');
  if (strategies.length > 2 || others.length > 1) {
    throw new GoError(`unexpected patch strategy: [${strategies.join(' ')}]`);
  }
  return { strategy: others[0] ?? '', retainKeys: others.length < strategies.length };
}
