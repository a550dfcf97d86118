/**
 * Releases as records have them: JSON with the fields of Helm's Go struct, gzip, base64.
 * Go: helm pkg/storage/driver/util.go
 */
import { PintleError } from '../errors.ts';
import { decodeBase64, encodeBase64 } from '../go/base64.ts';
import { Budget, BudgetError, DEFAULT_LIMITS } from '../go/budget.ts';
import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { marshalJson, unmarshalJson } from '../go/json.ts';
import { type GoMap, Int, type Value } from '../go/value.ts';
import type { Inflate } from '../host.ts';
import type { Hook, HookEvent } from '../manifests/manifest.ts';
import { DEPENDENCY, RELEASE } from './record.ts';
import { readStruct, writeStruct } from './struct.ts';
import type { HookPhase, Lease, LeftObject, Release, ReleaseStatus, StoredHook } from './types.ts';

/** Compresses as well as it can. */
export type Gzip = (bytes: Uint8Array) => Uint8Array;

/** What a record may grow to when it is unpacked. Records of a megabyte hold about a tenth of it. */
export const MAX_RECORD: number = 128 * 1024 * 1024;

/** Values in a record: a map takes a hundred times the memory of its text. No release comes near. */
const MAX_VALUES = 500_000;
/** Go: encoding/json maxNestingDepth */
const MAX_DEPTH = 10_000;

/** The record of a release as Go's encoding/json writes it. */
export function releaseJson(release: Release): string {
  return marshalJson(releaseValue(release));
}

/** The same as a value, for output as JSON or YAML. */
export function releaseValue(release: Release): Value {
  return writeStruct(RELEASE, releaseMap(release));
}

/** A dependency in a chart's metadata, as Go's struct marshals. */
export function dependencyValue(dependency: GoMap): Value {
  return writeStruct(DEPENDENCY, dependency);
}

/** The text that stores keep: base64 of gzip of JSON. */
export function encodeRelease(release: Release, gzip: Gzip): string {
  return encodeBase64(gzip(encodeBytes(releaseJson(release))));
}

/**
 * The release in a stored text. Text that is not compressed is taken, too, as records of long ago are.
 *
 * @throws GoError with Go's text where it cannot be read or is larger than `limit` when unpacked
 */
export async function decodeRelease(text: string, inflate: Inflate, limit: number = MAX_RECORD): Promise<Release> {
  const bytes = decodeBase64(text);
  if (!(bytes instanceof Uint8Array)) throw new GoError(`illegal base64 data at input byte ${bytes.errorAt}`);
  const isGzip = bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
  return readRelease(decodeBytes(isGzip ? await inflate.gunzip(bytes, limit) : bytes));
}

/** A release from the JSON of a record. @throws GoError */
export function readRelease(json: string): Release {
  const budget = new Budget({ ...DEFAULT_LIMITS, nodes: MAX_VALUES, depth: MAX_DEPTH });
  try {
    return releaseOf(unmarshalJson(json, { budget }));
  } catch (error) {
    if (error instanceof BudgetError) throw new GoError(`the record has more than ${error.limit} ${error.budget}`);
    throw error;
  }
}

/** A release from a record that was read as a value already. @throws GoError */
export function releaseOf(value: Value): Release {
  const map = value === null ? new Map() : readStruct(RELEASE, value);
  const info = mapOf(map.get('info'));
  const lease = map.get('lease');
  const left = listOf(map.get('left')).filter(isMap).map(leftOf);
  return {
    name: text(map, 'name'),
    namespace: text(map, 'namespace'),
    version: number(map, 'version'),
    info: {
      firstDeployed: text(info, 'first_deployed'),
      lastDeployed: text(info, 'last_deployed'),
      deleted: text(info, 'deleted'),
      description: text(info, 'description'),
      // Any other text is kept as it is: it is Helm's record, and what it means is for Helm to say.
      status: text(info, 'status') as ReleaseStatus,
      notes: text(info, 'notes'),
    },
    chart: chartOf(map.get('chart')),
    config: (map.get('config') as GoMap | undefined) ?? null,
    manifest: text(map, 'manifest'),
    hooks: listOf(map.get('hooks')).filter(isMap).map(hookOf),
    labels: new Map(),
    applyMethod: text(map, 'apply_method') as Release['applyMethod'],
    ...(lease instanceof Map && { lease: leaseOf(lease) }),
    ...(left.length > 0 && { left }),
  };
}

function leftOf(map: GoMap): LeftObject {
  return {
    apiVersion: text(map, 'apiVersion'),
    kind: text(map, 'kind'),
    namespace: text(map, 'namespace'),
    name: text(map, 'name'),
  };
}

function hookOf(map: GoMap): StoredHook {
  const run = mapOf(map.get('last_run'));
  return {
    name: text(map, 'name'),
    kind: text(map, 'kind'),
    path: text(map, 'path'),
    manifest: text(map, 'manifest'),
    events: texts(map, 'events') as HookEvent[],
    lastRun: {
      startedAt: text(run, 'started_at'),
      completedAt: text(run, 'completed_at'),
      phase: text(run, 'phase') as HookPhase,
    },
    weight: number(map, 'weight'),
    deletePolicies: texts(map, 'delete_policies'),
    outputLogPolicies: texts(map, 'output_log_policies'),
  };
}

function leaseOf(map: GoMap): Lease {
  return {
    id: text(map, 'id'),
    holder: text(map, 'holder'),
    operation: text(map, 'operation') as Lease['operation'],
    started: text(map, 'started'),
    renewed: text(map, 'renewed'),
    duration: number(map, 'duration'),
  };
}

/** A release as a map with the names that records have. */
export function releaseMap(release: Release): GoMap {
  const { info, lease, left, chart } = release;
  return new Map<string, Value>([
    ['name', release.name],
    [
      'info',
      new Map<string, Value>([
        ['first_deployed', info.firstDeployed],
        ['last_deployed', info.lastDeployed],
        ['deleted', info.deleted],
        ['description', info.description],
        ['status', info.status],
        ['notes', info.notes],
      ]),
    ],
    ['chart', chart.size === 0 ? null : chart],
    ['config', release.config],
    ['manifest', release.manifest],
    ['hooks', release.hooks.map(hookMap)],
    ['version', release.version],
    ['namespace', release.namespace],
    ['apply_method', release.applyMethod],
    ['lease', lease === undefined ? null : new Map<string, Value>(Object.entries(lease))],
    ['left', left === undefined ? null : left.map((object) => new Map<string, Value>(Object.entries(object)))],
  ]);
}

function hookMap(hook: StoredHook): GoMap {
  const { lastRun } = hook;
  return new Map<string, Value>([
    ['name', hook.name],
    ['kind', hook.kind],
    ['path', hook.path],
    ['manifest', hook.manifest],
    ['events', [...hook.events]],
    [
      'last_run',
      new Map<string, Value>([
        ['started_at', lastRun.startedAt],
        ['completed_at', lastRun.completedAt],
        ['phase', lastRun.phase],
      ]),
    ],
    ['weight', hook.weight],
    ['delete_policies', [...hook.deletePolicies]],
    ['output_log_policies', [...hook.outputLogPolicies]],
  ]);
}

/** A hook that was rendered, as records have it before it ran. Go: helm pkg/release/v1/util manifest_sorter.go */
export function hookRecord(hook: Hook): StoredHook {
  return {
    name: hook.head.name,
    kind: hook.head.kind,
    path: hook.source,
    manifest: hook.content,
    events: hook.events,
    lastRun: { startedAt: '', completedAt: '', phase: '' },
    weight: hook.weight,
    deletePolicies: hook.deletePolicies,
    outputLogPolicies: hook.outputLogPolicies,
  };
}

/** Why a record cannot be used, in Helm's words, as the library's error. */
export function invalidRecord(key: string, prefix: string, error: unknown): PintleError {
  const message = `${prefix}${error instanceof Error ? error.message : String(error)}`;
  return new PintleError('RELEASE_INVALID', message, {
    hint: `the record ${key} is damaged; other revisions of the release are not affected`,
    data: { key },
    cause: error,
  });
}

/** No chart is an empty map, and a chart without anything in it is one with a lock that it does not have. */
function chartOf(value: Value): GoMap {
  return value instanceof Map && value.size === 0 ? new Map([['lock', null]]) : mapOf(value);
}

function mapOf(value: Value): GoMap {
  return value instanceof Map ? value : new Map();
}

function listOf(value: Value): Value[] {
  return Array.isArray(value) ? value : [];
}

function isMap(value: Value): value is GoMap {
  return value instanceof Map;
}

function text(map: GoMap, name: string): string {
  const value = map.get(name);
  return typeof value === 'string' ? value : '';
}

function number(map: GoMap, name: string): number {
  const value = map.get(name);
  return typeof value === 'number' ? value : value instanceof Int ? Number(value.n) : 0;
}

function texts(map: GoMap, name: string): string[] {
  return listOf(map.get(name)).filter((item) => typeof item === 'string');
}
