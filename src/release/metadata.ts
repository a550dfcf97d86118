import { isList, isObject, type Json, type JsonObject, own } from '../cluster/json.ts';
import { compareStrings } from '../go/value.ts';

/** The fields of an object's metadata by what Go decodes them into. Go: metav1.ObjectMeta */
const TEXTS = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion'] as const;

const TEXT_MAPS = ['labels', 'annotations'] as const;

/** Fields that hold no texts: the kind of JSON, and Go's type. */
const OTHERS: Readonly<Record<string, readonly [kind: string, type: string]>> = {
  creationTimestamp: ['string', 'string'],
  deletionGracePeriodSeconds: ['number', 'int64'],
  deletionTimestamp: ['string', 'string'],
  finalizers: ['array', '[]string'],
  generation: ['number', 'int64'],
  managedFields: ['array', '[]v1.ManagedFieldsEntry'],
  ownerReferences: ['array', '[]v1.OwnerReference'],
};

/**
 * What Go says of metadata that does not fit, or undefined. Go: cli-runtime metadata_decoder.go, encoding/json
 *
 * @example checkMetadata({ metadata: { labels: { a: 1 } } })
 */
export function checkMetadata(object: JsonObject): string | undefined {
  const version = own(object, 'apiVersion') ?? '';
  if (typeof version !== 'string') {
    return `json: cannot unmarshal ${jsonKind(version)} into Go struct field metadataOnlyObject.TypeMeta.apiVersion of type string`;
  }
  const metadata = own(object, 'metadata');
  if (metadata === undefined || metadata === null) return undefined;
  if (!isObject(metadata)) return cannot(metadata, '', 'v1.ObjectMeta');
  // Go reads in order of the text, which is sorted: the first fault is the one that is told.
  for (const key of Object.keys(metadata).sort()) {
    const value = own(metadata, key);
    if (value === undefined || value === null) continue;
    if (TEXTS.some((name) => name === key) && typeof value !== 'string') return cannot(value, `.${key}`, goType(key));
    const other = Object.hasOwn(OTHERS, key) ? OTHERS[key] : undefined;
    if (other !== undefined && jsonKind(value) !== other[0]) return cannot(value, `.${key}`, other[1]);
    if (!TEXT_MAPS.some((name) => name === key)) continue;
    if (!isObject(value)) return cannot(value, `.${key}`, 'map[string]string');
    const entries = Object.entries(value).sort(([a], [b]) => compareStrings(a, b));
    const wrong = entries.find(([, text]) => text !== null && typeof text !== 'string');
    if (wrong) return cannot(wrong[1] as Json, `.${key}`, 'string');
  }
  return undefined;
}

function goType(key: string): string {
  return key === 'uid' ? 'types.UID' : 'string';
}

function cannot(value: Json, field: string, type: string): string {
  return `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${field === '' ? 'metadataOnlyObject' : 'ObjectMeta'}.metadata${field} of type ${type}`;
}

function jsonKind(value: Json): string {
  if (isList(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'number';
}
