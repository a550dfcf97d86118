/** Chart.yaml and Chart.lock: reading, checking, and back to YAML. Go: helm pkg/chart/v2 metadata.go, dependency.go */
import { PintleError } from '../errors.ts';
import { isPrint } from '../go/printable.ts';
import { quote } from '../go/quote.ts';
import { parseConstraint, parseVersion } from '../go/semver.ts';
import { isSpace } from '../go/space.ts';
import type { GoMap, Value } from '../go/value.ts';
import { toYaml } from '../yaml/emit.ts';
import { ANY_SHAPE, BOOL, type Decoded, NIL_LIST, STRING, STRINGS, type StructShape } from '../yaml/struct.ts';
import type { Dependency, Maintainer, Metadata } from './types.ts';

const MAINTAINER: StructShape = {
  kind: 'struct',
  type: 'v2.Maintainer',
  fields: { name: STRING, email: STRING, url: STRING },
};

export const DEPENDENCY: StructShape = {
  kind: 'struct',
  type: 'v2.Dependency',
  fields: {
    name: STRING,
    version: STRING,
    repository: STRING,
    condition: STRING,
    tags: STRINGS,
    enabled: BOOL,
    'import-values': { kind: 'list', type: '[]interface {}', of: ANY_SHAPE },
    alias: STRING,
  },
};

/** The fields of Chart.yaml, and of requirements.yaml, which is read into the same struct. */
export const METADATA: StructShape = {
  kind: 'struct',
  type: 'v2.Metadata',
  fields: {
    name: STRING,
    home: STRING,
    sources: STRINGS,
    version: STRING,
    description: STRING,
    keywords: STRINGS,
    maintainers: { kind: 'list', type: '[]*v2.Maintainer', of: MAINTAINER },
    icon: STRING,
    apiVersion: STRING,
    condition: STRING,
    tags: STRING,
    appVersion: STRING,
    deprecated: BOOL,
    annotations: { kind: 'map', type: 'map[string]string', of: STRING },
    kubeVersion: STRING,
    dependencies: { kind: 'list', type: '[]*v2.Dependency', of: DEPENDENCY },
    type: STRING,
  },
};

/** Chart.yaml as decoded, before the checks: every field may be missing, list entries may be null. */
export type RawMetadata = Decoded;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function invalid(text: string): PintleError {
  return new PintleError('CHART_INVALID', `validation: ${text}`);
}

export interface MetadataRules {
  /** Two dependencies may have one name, and what comes after them is not checked. Go: ignoreSkippableChartValidationError */
  readonly repeatedDependencies?: boolean;
}

/**
 * Metadata from decoded fields, cleaned and checked in Helm's order.
 *
 * @throws PintleError `CHART_INVALID` with Helm's text.
 */
export function validateMetadata(raw: RawMetadata, rules: MetadataRules = {}): Metadata {
  const name = clean(raw['name']);
  if (!raw['apiVersion']) throw invalid('chart.metadata.apiVersion is required');
  checkName(name);
  const version = text(raw['version']);
  if (version === '') throw invalid('chart.metadata.version is required');
  if (!isVersion(version)) throw invalid(`chart.metadata.version ${quote(version)} is invalid`);
  const type = text(raw['type']);
  if (type !== '' && type !== 'application' && type !== 'library') {
    throw invalid('chart.metadata.type must be application or library');
  }
  const out: Mutable<Metadata> = { name, version, apiVersion: text(raw['apiVersion']) };
  if (type !== '') out.type = type;
  for (const field of ['home', 'description', 'icon', 'condition', 'tags', 'appVersion', 'kubeVersion'] as const) {
    const value = clean(raw[field]);
    if (value !== '') out[field] = value;
  }
  for (const field of ['sources', 'keywords'] as const) {
    const values = raw[field] as string[] | undefined;
    if (values?.length) out[field] = values.map(clean);
  }
  if (raw['deprecated'] === true) out.deprecated = true;
  const annotations = raw['annotations'] as Map<string, string> | undefined;
  if (annotations?.size) out.annotations = record(annotations);
  const maintainers = raw['maintainers'] as (Decoded | null)[] | undefined;
  if (maintainers?.length) out.maintainers = maintainers.map(toMaintainer);
  const dependencies = raw['dependencies'] as readonly (Decoded | null)[] | undefined;
  // An empty list is one: Helm then looks at the charts below, too. Go: processDependencyEnabled
  if (dependencies && dependencies !== NIL_LIST) out.dependencies = toDependencies(dependencies, rules);
  return out;
}

function checkName(name: string): void {
  if (name === '') throw invalid('chart.metadata.name is required');
  if (name === '.' || name === '..') throw invalid(`chart.metadata.name ${quote(name)} is not allowed`);
  if (name.includes('/') && name !== '/') throw invalid(`chart.metadata.name ${quote(name)} is invalid`);
}

function isVersion(version: string): boolean {
  try {
    parseVersion(version);
    return true;
  } catch {
    return false;
  }
}

/** Null prototype: annotations are the chart's own keys. */
function record(map: ReadonlyMap<string, string>): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  for (const [key, value] of map) out[key] = value;
  return out;
}

function toMaintainer(raw: Decoded | null): Maintainer {
  if (raw === null) throw invalid('maintainers must not contain empty or null nodes');
  const out: Mutable<Maintainer> = {};
  for (const field of ['name', 'email', 'url'] as const) {
    const value = clean(raw[field]);
    if (value !== '') out[field] = value;
  }
  return out;
}

function toDependencies(list: readonly (Decoded | null)[], rules: MetadataRules): Dependency[] {
  const seen = new Set<string>();
  let checked = true;
  return list.map((raw) => {
    if (!checked) return toDependency(raw ?? {});
    if (raw === null) throw invalid('dependencies must not contain empty or null nodes');
    const dependency = toDependency(raw);
    const { alias = '', name } = dependency;
    if (alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(alias)) {
      throw invalid(`dependency ${quote(name)} has disallowed characters in the alias`);
    }
    const key = alias === '' ? name : alias;
    if (seen.has(key)) {
      if (!rules.repeatedDependencies) throw invalid(`more than one dependency with name or alias ${quote(key)}`);
      checked = false;
    }
    seen.add(key);
    return dependency;
  });
}

/** An entry of `dependencies` from decoded fields, cleaned. */
export function toDependency(raw: Decoded): Dependency {
  const out: Mutable<Dependency> = { name: clean(raw['name']) };
  for (const field of ['version', 'repository', 'condition'] as const) {
    const value = clean(raw[field]);
    if (value !== '') out[field] = value;
  }
  const tags = raw['tags'] as string[] | undefined;
  if (tags?.length) out.tags = tags.map(clean);
  if (raw['enabled'] === true) out.enabled = true;
  const imports = raw['import-values'] as unknown[] | undefined;
  if (imports?.length) out.importValues = imports;
  const alias = text(raw['alias']);
  if (alias !== '') out.alias = alias;
  return out;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text without characters that could trick a terminal. Go: metadata.go sanitizeString */
function clean(value: unknown): string {
  const raw = text(value);
  if (/^[ -~]*$/.test(raw)) return raw;
  let out = '';
  for (const ch of raw) {
    const code = ch.codePointAt(0) as number;
    if (isSpace(code)) out += ' ';
    else if (code >= 0xd800 && code <= 0xdfff) out += '\ufffd';
    else if (isPrint(code)) out += ch;
  }
  return out;
}

/** Chart.yaml as Go's struct marshals: keys sorted, empty fields left out. */
export function metadataToYaml(metadata: Metadata): string {
  return toYaml(metadataToValue(metadata));
}

/** The same as a value, for JSON and YAML. */
export function metadataToValue(metadata: Metadata): GoMap {
  const out: GoMap = new Map();
  for (const field of Object.keys(METADATA.fields)) {
    const value = metadata[field as keyof Metadata];
    if (value === undefined || value === '' || value === false) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    if (field === 'annotations') {
      const entries = Object.entries(value as Record<string, string>);
      if (entries.length > 0) out.set(field, new Map<string, Value>(entries));
    } else if (field === 'maintainers') {
      out.set(field, (value as Maintainer[]).map(maintainerToValue));
    } else if (field === 'dependencies') {
      out.set(field, (value as Dependency[]).map(dependencyToValue));
    } else {
      out.set(field, value as Value);
    }
  }
  return out;
}

function maintainerToValue({ name, email, url }: Maintainer): GoMap {
  return present([
    ['name', name],
    ['email', email],
    ['url', url],
  ]);
}

/** A dependency as Go's struct marshals: `repository` is there even when it is empty. Fields in Go's order. */
export function dependencyToValue(dependency: Dependency): GoMap {
  const { name, version, repository = '', condition, tags, enabled, importValues, alias } = dependency;
  const out = present([
    ['name', name === '' ? undefined : name],
    ['version', version],
  ]);
  if (name === '') out.set('name', '');
  out.set('repository', repository);
  for (const [key, value] of present([
    ['condition', condition],
    ['tags', tags as Value],
    ['enabled', enabled],
    ['import-values', importValues as Value],
    ['alias', alias],
  ])) {
    out.set(key, value);
  }
  return out;
}

function present(entries: readonly (readonly [string, Value])[]): GoMap {
  const out: GoMap = new Map();
  for (const [key, value] of entries) {
    if (value === undefined || value === '' || value === false) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    out.set(key, value);
  }
  return out;
}

/** Whether a chart can be a release of its own. Go: helm pkg/cmd checkIfInstallable */
export function checkInstallable(metadata: Metadata): void {
  const type = metadata.type ?? '';
  if (type !== '' && type !== 'application') {
    throw new PintleError('CHART_NOT_INSTALLABLE', `${type} charts are not installable`);
  }
}

/** Whether a Kubernetes version satisfies a constraint; a constraint that cannot be read is not satisfied. */
export function isCompatibleRange(constraint: string, version: string): boolean {
  try {
    return parseConstraint(constraint).check(parseVersion(version));
  } catch {
    return false;
  }
}
