/** From a release's text to objects with their places. Helm: kube/client.go Build; Go: cli-runtime resource.Builder */
import { fromValue, isObject, type Json, type KubeObject, newObject, own } from '../cluster/json.ts';
import type { Cluster, ResourceMapping, Target } from '../cluster/types.ts';
import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import type { Value } from '../go/value.ts';
import { yamlToTree } from '../yaml/decode.ts';
import { splitDocuments } from '../yaml/split.ts';
import { decodeObjects } from './decode-objects.ts';

export interface BuildOptions {
  /** Where objects go that name no namespace. */
  readonly namespace: string;
  /** Ask the cluster first whether it checks fields. Helm: not with --disable-openapi-validation */
  readonly validate: boolean;
}

type Known = Pick<Cluster, 'discovery' | 'schemas'>;

/** What became of one document, and whether the text is read no further. */
interface Document {
  readonly results: readonly (Target | PintleError)[];
  readonly stops: boolean;
}

/**
 * The objects of a manifest, in its order. Lists give their items. All faults of all documents are found before it
 * fails, as far as the text can be read.
 *
 * @throws PintleError MANIFEST_INVALID, or what the cluster answered, with Helm's text
 */
export async function buildTargets(cluster: Known, manifest: string, options: BuildOptions): Promise<Target[]> {
  const { values, fault } = readAll(manifest);
  const documents = await Promise.all(values.map((value) => readDocument(cluster, value, options)));
  const failed: PintleError[] = [];
  const targets: Target[] = [];
  for (const { results, stops } of documents) {
    for (const result of results) {
      if (result instanceof PintleError) failed.push(result);
      else targets.push(result);
    }
    if (stops) throw aggregate(failed);
  }
  if (fault) failed.push(fault);
  if (failed.length > 0) throw aggregate(failed);
  return targets;
}

/** The documents up to the first that cannot be read. */
function readAll(manifest: string): { readonly values: readonly Value[]; readonly fault: PintleError | undefined } {
  const values: Value[] = [];
  try {
    for (const text of splitDocuments(manifest)) {
      const value = yamlToTree(text);
      if (value !== null) values.push(value);
    }
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    return { values, fault: invalid(`error parsing : ${err.message}`, err) };
  }
  return { values, fault: undefined };
}

/** The objects of a manifest as it has them, as far as it can be read. No cluster is asked. */
export function objectsIn(manifest: string): readonly KubeObject[] {
  const items = readAll(manifest).values.flatMap((value) => decodeObjects(value, fromValue(value)));
  return items.flatMap((item) => ('error' in item ? [] : [item.object]));
}

async function readDocument(cluster: Known, value: Value, options: BuildOptions): Promise<Document> {
  const json = fromValue(value);
  const fault = options.validate ? await validationFault(cluster, json) : undefined;
  if (fault) return { results: [fault], stops: true };
  const results = await Promise.all(
    decodeObjects(value, json).map(async (item) => ('error' in item ? item.error : locate(cluster, item, options))),
  );
  return { results, stops: false };
}

async function locate(
  cluster: Known,
  { object, inList }: { readonly object: KubeObject; readonly inList: boolean },
  options: BuildOptions,
): Promise<Target | PintleError> {
  // Without validation it may be missing, or null.
  const { kind } = object;
  const apiVersion = (own(object, 'apiVersion') as string | null | undefined) ?? '';
  const name = textOf(object, 'name');
  const namespace = textOf(object, 'namespace');
  try {
    const mapping = await cluster.discovery.mapping(apiVersion, kind);
    return place(object, mapping, name, namespace, options.namespace);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    const noMatch = err.message.startsWith('no matches for kind ');
    if (inList) return unmapped(err, `unable to recognize ${err.message}`);
    if (!noMatch) return unmapped(err, `unable to recognize "": ${err.message}`);
    const of = `name: ${quote(name)} namespace: ${quote(namespace)} from ""`;
    return unmapped(err, `resource mapping not found for ${of}: ${err.message}\nensure CRDs are installed first`);
  }
}

const UNFIT = 'error validating "": error validating data: ';

/** Go: kubectl validation.ValidateBytes, as far as the server does the rest itself. */
async function validationFault(cluster: Known, object: Json): Promise<PintleError | undefined> {
  const apiVersion = own(object, 'apiVersion') ?? null;
  const kind = own(object, 'kind') ?? null;
  const faults = isObject(object)
    ? [...fieldFault('apiVersion', apiVersion), ...fieldFault('kind', kind)]
    : ['invalid object to validate'];
  if (faults.length > 0) return unfit(faults.length === 1 ? (faults[0] as string) : `[${faults.join(', ')}]`);
  try {
    await cluster.schemas.check(apiVersion as string, kind as string);
    return undefined;
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    return err.message.startsWith(UNFIT) ? err : unfit(err.message, err);
  }
}

function fieldFault(name: string, value: Json): string[] {
  if (value === null) return [`${name} not set`];
  return typeof value === 'string' ? [] : [`${name} isn't string type`];
}

function unfit(text: string, cause?: unknown): PintleError {
  return invalid(UNFIT + text, cause);
}

function place(
  object: KubeObject,
  mapping: ResourceMapping,
  name: string,
  namespace: string,
  fallback: string,
): Target {
  if (mapping.namespaced === (namespace !== '')) return { mapping, namespace, name, object };
  const metadata = newObject(Object.entries(object.metadata ?? {}));
  if (mapping.namespaced) metadata.namespace = fallback;
  else delete metadata.namespace;
  const placed = newObject(Object.entries(object));
  placed.metadata = metadata;
  return { mapping, namespace: mapping.namespaced ? fallback : '', name, object: placed as unknown as KubeObject };
}

function textOf(object: KubeObject, key: string): string {
  const value = own(object.metadata, key);
  return typeof value === 'string' ? value : '';
}

function invalid(message: string, cause?: unknown): PintleError {
  return new PintleError('MANIFEST_INVALID', message, cause === undefined ? {} : { cause });
}

function unmapped(cause: PintleError, message: string): PintleError {
  const { hint, data } = cause;
  return new PintleError(cause.code, message, { data, cause, ...(hint !== undefined && { hint }) });
}

/** Go: apimachinery util/errors Aggregate: each text once, in brackets where there are several. */
function aggregate(errors: readonly PintleError[]): PintleError {
  const [first] = errors as readonly [PintleError];
  const texts = [...new Set(errors.map((err) => err.message))];
  if (texts.length === 1) return first;
  return new PintleError(first.code, `[${texts.join(', ')}]`, { data: first.data, cause: first });
}
