/**
 * The objects of one document of a manifest; a list gives its items.
 * Go: apimachinery unstructured helpers.go UnstructuredJSONScheme, cli-runtime mapper.go, visitor.go FlattenListVisitor
 */
import { isList, isObject, type Json, type JsonObject, type KubeObject, newObject, own } from '../cluster/json.ts';
import { PintleError } from '../errors.ts';
import { jsonKind, marshalJson } from '../go/json.ts';
import type { Value } from '../go/value.ts';
import { checkMetadata } from './metadata.ts';

/** An object before its place is known, or what is wrong with it. */
export type Decoded = { readonly object: KubeObject; readonly inList: boolean } | { readonly error: PintleError };

/** @param value the document as the engine's value, of which `object` is the JSON data */
export function decodeObjects(value: Value, object: Json): Decoded[] {
  if (!isObject(object)) return [cannot(value, 'value of type unstructured.detector')];
  const items = own(object, 'items');
  // A list without any is one whose chart found nothing to put there.
  const all = items === null ? [] : items;
  if (all !== undefined && !isList(all)) {
    return [
      cannot((value as Map<string, Value>).get('items'), 'struct field decodeList.items of type []json.RawMessage'),
    ];
  }
  const odd = all?.find((item) => item !== null && !isObject(item));
  if (odd !== undefined) return [cannot(odd as Value, 'value of type map[string]interface {}')];
  if (kindOf(object) === '') return [undecodable(`Object 'Kind' is missing in '${marshalJson(value)}'`)];
  const fault = checkMetadata(object);
  if (fault !== undefined) return [undecodable(fault)];
  if (all === undefined) return [{ object: object as KubeObject, inList: false }];
  return itemsOf(all.map((item) => listItem(isObject(item) ? item : newObject(), object)));
}

/** Items of typed lists may leave out what the list says. */
function listItem(item: JsonObject, list: JsonObject): JsonObject {
  if (textOf(item, 'kind') !== '' || textOf(item, 'apiVersion') !== '') return item;
  const object = newObject(Object.entries(item));
  object.apiVersion = textOf(list, 'apiVersion');
  object.kind = textOf(list, 'kind').replace(/List$/, '');
  return object;
}

function itemsOf(items: readonly JsonObject[]): Decoded[] {
  if (items.some((item) => isList(own(item, 'items')))) {
    return [{ error: invalid('*unstructured.Unstructured is not a list: no Items field in this object') }];
  }
  return items.map((item) => {
    const missing = missingIn(item);
    if (missing === undefined) return { object: item as KubeObject, inList: true };
    const what = 'unable to get type info from the object "*unstructured.Unstructured"';
    return { error: invalid(`${what}: Object ${missing}`) };
  });
}

/** Go: unstructuredscheme ObjectKinds */
function missingIn(item: JsonObject): string | undefined {
  if (kindOf(item) === '') return "'Kind' is missing in 'object has no kind field '";
  const hasVersion = !/^$|\/$/.test(textOf(item, 'apiVersion'));
  return hasVersion ? undefined : "'apiVersion' is missing in 'object has no apiVersion field'";
}

/** The kind; none where the version beside it cannot be read. Go: Unstructured.GroupVersionKind */
function kindOf(object: JsonObject): string {
  return textOf(object, 'apiVersion').split('/').length > 2 ? '' : textOf(object, 'kind');
}

function textOf(object: JsonObject, key: string): string {
  const value = own(object, key);
  return typeof value === 'string' ? value : '';
}

function cannot(value: Value, type: string): Decoded {
  return undecodable(`json: cannot unmarshal ${jsonKind(value)} into Go ${type}`);
}

function undecodable(reason: string): Decoded {
  return { error: invalid(`unable to decode "": ${reason}`) };
}

function invalid(message: string): PintleError {
  return new PintleError('MANIFEST_INVALID', message);
}
