import { quote } from '../../../src/go/quote.ts';
import { record } from '../../../src/go/record.ts';
import { RFC3339 } from '../../../src/go/time.ts';
import { compareStrings, type GoMap, type Value } from '../../../src/go/value.ts';
import { UTC } from '../../../src/go/zone.ts';
import { dependencyValue } from '../../../src/release/codec.ts';
import {
  chartDependencies,
  chartMetadata,
  chartText,
  computedValues,
  getRelease,
} from '../../../src/release/read/get.ts';
import { timeOf } from '../../../src/release/timestamp.ts';
import type { StoredRelease } from '../../../src/release/types.ts';
import { toYaml } from '../../../src/yaml/emit.ts';
import { printRelease } from '../../print-release.ts';
import { reading } from '../../reading.ts';
import { type Format, print } from '../../terminal/output.ts';
import type { Call } from '../../types.ts';

function read(call: Call): Promise<StoredRelease> {
  const { args, flags } = call;
  return reading(call, ({ store }) => getRelease(store, args[0] as string, flags.number('revision')));
}

/** What `pintle get all` does. Go: helm pkg/cmd/get_all.go */
export async function runGetAll(call: Call): Promise<number> {
  const { release, labels } = await read(call);
  const template = call.flags.string('template');
  if (template === '') {
    printRelease(release, call, { all: true });
  } else {
    const { releaseTemplate } = await import('../../release-template.ts');
    call.io.stdout.write(await releaseTemplate(template, release, labels ?? release.labels, call));
  }
  return 0;
}

/** What `pintle get hooks` does. Go: helm pkg/cmd/get_hooks.go */
export async function runGetHooks(call: Call): Promise<number> {
  const { release } = await read(call);
  for (const { path, manifest } of release.hooks) call.io.stdout.write(`---\n# Source: ${path}\n${manifest}\n`);
  return 0;
}

/** What `pintle get manifest` does. Go: helm pkg/cmd/get_manifest.go */
export async function runGetManifest(call: Call): Promise<number> {
  const { release } = await read(call);
  call.io.stdout.write(`${release.manifest}\n`);
  return 0;
}

/** What `pintle get notes` does. Go: helm pkg/cmd/get_notes.go */
export async function runGetNotes(call: Call): Promise<number> {
  const { notes } = (await read(call)).release.info;
  if (notes !== '') call.io.stdout.write(`NOTES:\n${notes}\n`);
  return 0;
}

/** What `pintle get values` does. Go: helm pkg/cmd/get_values.go */
export async function runGetValues(call: Call): Promise<number> {
  const { flags, io } = call;
  const { release } = await read(call);
  const all = flags.bool('all');
  const data: Value = all ? computedValues(release) : release.config;
  const format = flags.string('output') as Format;
  if (format === 'table') io.stdout.write(`${all ? 'COMPUTED' : 'USER-SUPPLIED'} VALUES:\n${toYaml(data)}`);
  else print(io.stdout, format, { data, table: () => '' });
  return 0;
}

/** What `pintle get metadata` does. Go: helm pkg/cmd/get_metadata.go, pkg/action/get_metadata.go */
export async function runGetMetadata(call: Call): Promise<number> {
  const { flags, io } = call;
  const stored = await read(call);
  const format = flags.string('output') as Format;
  if (format === 'table') io.stdout.write(metadataText(stored));
  else print(io.stdout, format, { data: metadataValue(stored), table: () => '' });
  return 0;
}

function deployedAt({ release }: StoredRelease): string {
  return timeOf(release.info.lastDeployed, UTC).format(RFC3339);
}

function labelsOf({ release, labels }: StoredRelease): ReadonlyMap<string, string> {
  return labels ?? release.labels;
}

function annotationsOf({ release }: StoredRelease): GoMap {
  const annotations = chartMetadata(release.chart)?.get('annotations');
  return annotations instanceof Map ? annotations : new Map();
}

function metadataValue(stored: StoredRelease): Value {
  const { release } = stored;
  const { chart, info } = release;
  const annotations = annotationsOf(stored);
  const labels = labelsOf(stored);
  const dependencies = chartDependencies(chart);
  return record([
    ['name', release.name],
    ['chart', chartText(chart, 'name')],
    ['version', chartText(chart, 'version')],
    ['appVersion', chartText(chart, 'appVersion')],
    ...(annotations.size === 0 ? [] : [['annotations', annotations] as const]),
    ...(labels.size === 0 ? [] : [['labels', new Map<string, Value>(labels)] as const]),
    ...(dependencies.length === 0 ? [] : [['dependencies', dependencies.map(dependencyValue)] as const]),
    ['namespace', release.namespace],
    ['revision', release.version],
    ['status', info.status],
    ['deployedAt', deployedAt(stored)],
    ...(release.applyMethod === '' ? [] : [['applyMethod', release.applyMethod] as const]),
  ]);
}

function metadataText(stored: StoredRelease): string {
  const { release } = stored;
  const { chart, info } = release;
  const dependencies = chartDependencies(chart).map((dependency) => String(dependency.get('name') ?? ''));
  const lines = [
    ['NAME', release.name],
    ['CHART', chartText(chart, 'name')],
    ['VERSION', chartText(chart, 'version')],
    ['APP_VERSION', chartText(chart, 'appVersion')],
    ['ANNOTATIONS', pairs(annotationsOf(stored))],
    ['LABELS', pairs(labelsOf(stored))],
    ['DEPENDENCIES', dependencies.sort(compareStrings).join(',')],
    ['NAMESPACE', release.namespace],
    ['REVISION', release.version],
    ['STATUS', info.status],
    ['DEPLOYED_AT', deployedAt(stored)],
    ['APPLY_METHOD', applyMethod(release.applyMethod)],
  ];
  return lines.map(([name, value]) => `${name}: ${value}\n`).join('');
}

/** Go: labels.Set.String */
function pairs(map: ReadonlyMap<string, Value>): string {
  return [...map]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(',');
}

function applyMethod(method: string): string {
  switch (method) {
    case '':
      return 'client-side apply (defaulted)';
    case 'csa':
      return 'client-side apply';
    case 'ssa':
      return 'server-side apply';
    default:
      return `unknown (${quote(method)})`;
  }
}
