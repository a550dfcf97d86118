/** What stands between the commands and a Kubernetes API: data and interfaces, no code. */
import type { Json, KubeObject } from './json.ts';

/** One request to a cluster, without the server that it goes to. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute and escaped, without the query: `/api/v1/namespaces/shop/pods`. */
  readonly path: string;
  /** Written in order of name, as Go does it; a parameter that is undefined is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** The longest time without a byte, in milliseconds; 0 for no limit, as a watch wants it. */
  readonly idleTimeout?: number;
}

/** What came back. Any status is an answer. */
export interface ApiAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded. To be read to its end or given up (`return`), which frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The way to one cluster: where it is, who asks and how that is proved. Sends one request and repeats none. The real
 * one is in `src/node/kube`, the sandbox is another.
 */
export interface ClusterTransport {
  /** For texts: `https://127.0.0.1:6443`. */
  readonly server: string;
  /** @throws PintleError NETWORK_FAILED with Go's text where nothing was answered */
  send(call: ApiCall): Promise<ApiAnswer>;
  close?(): void;
}

/** A kind of objects as the API serves it. */
export interface ResourceMapping {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural name in paths: `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** One object by its place. */
export interface ObjectRef {
  readonly mapping: ResourceMapping;
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** An object that is to be in the cluster, with its place. Go: cli-runtime resource.Info */
export interface Target extends ObjectRef {
  readonly object: KubeObject;
}

export interface ListOptions {
  /** Empty or absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
}

export interface WriteOptions {
  /** Default `helm`, whatever the program is called. */
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly dryRun?: boolean;
  /** Only for apply patches. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export type PatchType =
  | 'application/apply-patch+yaml'
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json';

export interface DeleteOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly uid?: string;
  readonly signal?: AbortSignal;
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

/** What a watch tells. `synced` comes first and again after each new list, with all that is there now. */
export type WatchEvent =
  | { readonly type: 'synced'; readonly items: readonly KubeObject[] }
  | { readonly type: 'changed'; readonly object: KubeObject }
  | { readonly type: 'deleted'; readonly object: KubeObject };

/**
 * Kubernetes' verbs on one cluster, with limits, retries of what may be repeated, and typed errors.
 *
 * Every method throws PintleError API_FAILED, whose message is the server's and whose `data.status` is its Status
 * object, where the server refused, and NETWORK_FAILED where it could not be asked; see {@link ./api-error.ts}.
 */
export interface ApiClient {
  readonly server: string;
  /** One request and its JSON answer. Statuses from 400 on are thrown. */
  json(call: ApiCall): Promise<Json>;
  /** One request and its answer as it comes: logs, tables, OpenAPI documents. Statuses from 400 on are thrown. */
  stream(call: ApiCall): Promise<ApiAnswer>;
  get(ref: ObjectRef, options?: { readonly signal?: AbortSignal }): Promise<KubeObject>;
  /** Everything that matches, page by page. */
  list(mapping: ResourceMapping, options?: ListOptions): Promise<KubeList>;
  create(mapping: ResourceMapping, namespace: string, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  replace(ref: ObjectRef, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  patch(ref: ObjectRef, type: PatchType, body: Json, options?: WriteOptions): Promise<KubeObject>;
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /** Goes on over ends of the connection, 410 Gone and errors that pass, until `signal` or the consumer ends it. */
  watch(mapping: ResourceMapping, options: ListOptions): AsyncIterable<WatchEvent>;
  logs(
    ref: ObjectRef,
    options?: {
      readonly container?: string;
      readonly follow?: boolean;
      readonly tailLines?: number;
      readonly signal?: AbortSignal;
    },
  ): AsyncIterable<Uint8Array>;
  /** The cluster's time in milliseconds since 1970: this machine's, corrected by what the last answers said. */
  now(): number;
}

/** `/version`. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

/** What an API serves. Answers are kept until `invalidate`. */
export interface Discovery {
  version(signal?: AbortSignal): Promise<ServerVersion>;
  /** @throws PintleError API_FAILED `no matches for kind "X" in version "v1"`, also when the group cannot be read now */
  mapping(apiVersion: string, kind: string): Promise<ResourceMapping>;
  /** Group versions, and with their kinds: `v1`, `v1/Pod`, `apps/v1`, `apps/v1/Deployment`. */
  apiVersions(): Promise<readonly string[]>;
  /** Every kind that can be listed. */
  resources(): Promise<readonly ResourceMapping[]>;
  /** Group versions that could not be read, with the reason, as far as Helm warns of them. */
  failures?(): Promise<ReadonlyMap<string, string>>;
  /** Forgets everything; the next question asks the server, past any cache on disk. */
  invalidate(): void;
}

/** A type of the API as its OpenAPI document describes it, followed as deep as one asks. */
export interface TypeSchema {
  /** `any` accepts everything: int-or-string, quantities, embedded objects, fields that are preserved unknown. */
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'any';
  /** Where the document names the type, the last part of that: `PodSpec`. Errors of patches quote it. */
  readonly typeName?: string | undefined;
  /** OpenAPI's, `date-time` or `byte`, where it is given. */
  readonly format?: string | undefined;
  /** Fields that are not described are kept. Go: x-kubernetes-preserve-unknown-fields */
  readonly isOpen?: boolean;
  /** A field of a structure. */
  property(name: string): TypeSchema | undefined;
  /** Names of the fields. */
  readonly properties: readonly string[];
  /** The values of a map. */
  readonly additional: TypeSchema | undefined;
  /** The elements of a list. */
  readonly items: TypeSchema | undefined;
  readonly listType: 'atomic' | 'set' | 'map' | undefined;
  readonly listMapKeys: readonly string[];
  readonly mapType: 'atomic' | 'granular' | undefined;
  readonly patchStrategy: readonly string[];
  readonly patchMergeKey: string | undefined;
  readonly defaultValue: Json | undefined;
}

/** Schemas of a cluster's types. */
export interface Schemas {
  /** Begins to ask what {@link check} has to know, so that nothing waits for it later; what fails, it tells. */
  prepare(): void;
  /** Undefined where the server describes no such type. */
  typeOf(apiVersion: string, kind: string): Promise<TypeSchema | undefined>;
  /** Fails with Helm's words where the server's OpenAPI cannot be read. */
  check(apiVersion: string, kind: string): Promise<void>;
}

/** A cluster, as actions use it. */
export interface Cluster {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly schemas: Schemas;
}
