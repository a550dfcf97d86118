/** The shape of a record: Helm's Release and what is in it, with the order and the tags of its fields. */
import { ANY, BOOL, BYTES, field, INT, optional, type Shape, STRING, type StructShape, TIME } from './struct.ts';

const STRINGS: Shape = { kind: 'list', type: '[]string', of: STRING };
const VALUES: Shape = { kind: 'map', type: 'map[string]interface {}', of: ANY };

const MAINTAINER: StructShape = {
  kind: 'struct',
  type: 'v2.Maintainer',
  fields: [optional('name', STRING), optional('email', STRING), optional('url', STRING)],
};

export const DEPENDENCY: StructShape = {
  kind: 'struct',
  type: 'v2.Dependency',
  fields: [
    field('name', STRING),
    optional('version', STRING),
    field('repository', STRING),
    optional('condition', STRING),
    optional('tags', STRINGS),
    optional('enabled', BOOL),
    optional('import-values', { kind: 'list', type: '[]interface {}', of: ANY }),
    optional('alias', STRING),
  ],
};

const DEPENDENCIES: Shape = { kind: 'list', type: '[]*v2.Dependency', of: DEPENDENCY };

const METADATA: StructShape = {
  kind: 'struct',
  type: 'v2.Metadata',
  fields: [
    optional('name', STRING),
    optional('home', STRING),
    optional('sources', STRINGS),
    optional('version', STRING),
    optional('description', STRING),
    optional('keywords', STRINGS),
    optional('maintainers', { kind: 'list', type: '[]*v2.Maintainer', of: MAINTAINER }),
    optional('icon', STRING),
    optional('apiVersion', STRING),
    optional('condition', STRING),
    optional('tags', STRING),
    optional('appVersion', STRING),
    optional('deprecated', BOOL),
    optional('annotations', { kind: 'map', type: 'map[string]string', of: STRING }),
    optional('kubeVersion', STRING),
    optional('dependencies', DEPENDENCIES),
    optional('type', STRING),
  ],
};

const FILE: StructShape = {
  kind: 'struct',
  type: 'common.File',
  fields: [field('name', STRING), field('data', BYTES), optional('modtime', TIME)],
};

const FILES: Shape = { kind: 'list', type: '[]*common.File', of: FILE };

const LOCK: StructShape = {
  kind: 'struct',
  type: 'v2.Lock',
  fields: [field('generated', TIME), field('digest', STRING), field('dependencies', DEPENDENCIES)],
};

/** Go: helm pkg/chart/v2 Chart */
const CHART: StructShape = {
  kind: 'struct',
  type: 'v2.Chart',
  fields: [
    field('metadata', METADATA),
    field('lock', LOCK),
    field('templates', FILES),
    field('values', VALUES),
    field('schema', BYTES),
    field('schemamodtime', TIME),
    field('files', FILES),
    optional('modtime', TIME),
  ],
};

/** Go: helm pkg/release/v1 Hook */
const HOOK: StructShape = {
  kind: 'struct',
  type: 'v1.Hook',
  fields: [
    optional('name', STRING),
    optional('kind', STRING),
    optional('path', STRING),
    optional('manifest', STRING),
    optional('events', { kind: 'list', type: '[]v1.HookEvent', of: { kind: 'string', type: 'v1.HookEvent' } }),
    field('last_run', {
      kind: 'struct',
      type: 'v1.Hook',
      reads: 'map[string]interface {}',
      fields: [
        optional('started_at', TIME, true),
        optional('completed_at', TIME, true),
        field('phase', { kind: 'string', type: 'v1.HookPhase' }),
      ],
    }),
    optional('weight', INT),
    optional('delete_policies', {
      kind: 'list',
      type: '[]v1.HookDeletePolicy',
      of: { kind: 'string', type: 'v1.HookDeletePolicy' },
    }),
    optional('output_log_policies', {
      kind: 'list',
      type: '[]v1.HookOutputLogPolicy',
      of: { kind: 'string', type: 'v1.HookOutputLogPolicy' },
    }),
  ],
};

/** Go: helm pkg/release/v1 Info. What it says of resources is never stored. */
const INFO: StructShape = {
  kind: 'struct',
  type: 'v1.Release',
  reads: 'map[string]interface {}',
  fields: [
    optional('first_deployed', TIME, true),
    optional('last_deployed', TIME, true),
    optional('deleted', TIME, true),
    optional('description', STRING),
    optional('status', { kind: 'string', type: 'common.Status' }),
    optional('notes', STRING),
    optional('resources', ANY),
  ],
};

/** Ours; Helm passes over it. */
const LEASE: StructShape = {
  kind: 'struct',
  type: 'Lease',
  fields: [
    field('id', STRING),
    field('holder', STRING),
    field('operation', STRING),
    field('started', TIME),
    field('renewed', TIME),
    field('duration', INT),
  ],
};

/** Ours, too. */
const LEFT: StructShape = {
  kind: 'struct',
  type: 'LeftObject',
  fields: [field('apiVersion', STRING), field('kind', STRING), optional('namespace', STRING), field('name', STRING)],
};

/** Go: helm pkg/release/v1 Release */
export const RELEASE: StructShape = {
  kind: 'struct',
  type: 'v1.Release',
  fields: [
    optional('name', STRING),
    optional('info', INFO),
    optional('chart', CHART),
    optional('config', VALUES),
    optional('manifest', STRING),
    optional('hooks', { kind: 'list', type: '[]*v1.Hook', of: HOOK }),
    optional('version', INT),
    optional('namespace', STRING),
    optional('apply_method', STRING),
    optional('lease', LEASE),
    optional('left', { kind: 'list', type: '[]LeftObject', of: LEFT }),
  ],
};
