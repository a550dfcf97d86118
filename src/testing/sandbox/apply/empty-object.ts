/** What an object has before anybody wrote to it: the structures that are always there. */
import { isObject, type Json, type JsonObject, newObject } from '../../../cluster/json.ts';
import type { TypeSchema } from '../../../cluster/types.ts';

/** Types nest no deeper than this without a list or map in between. */
const MAX_DEPTH = 16;

/**
 * The object that a server compares a new one with to see what its creator set. Built-in types have structures that
 * cannot be absent, so nobody owns them; custom ones have none.
 */
export function emptyObject(schema: TypeSchema | undefined, apiVersion: Json, kind: Json): JsonObject {
  return newObject([
    ...(schema === undefined ? [] : entriesOfEmpty(schema, 0)),
    ['apiVersion', apiVersion],
    ['kind', kind],
  ]);
}

function entriesOfEmpty(schema: TypeSchema, depth: number): [string, Json][] {
  const entries: [string, Json][] = [];
  for (const name of schema.properties) {
    const field = schema.property(name);
    if (field === undefined) continue;
    if (isStructure(field) && depth < MAX_DEPTH) entries.push([name, newObject(entriesOfEmpty(field, depth + 1))]);
    // The one list of elements with own owners that is written even when it is empty.
    else if (name === 'containers' && schema.typeName === 'PodSpec') entries.push([name, null]);
  }
  return entries;
}

/** Go: a field that is a struct and no pointer to one; its default is `{}` in OpenAPI */
function isStructure(field: TypeSchema): boolean {
  const { defaultValue } = field;
  return field.type === 'object' && isObject(defaultValue) && Object.keys(defaultValue).length === 0;
}
