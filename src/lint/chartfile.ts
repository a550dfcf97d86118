/** Rules for Chart.yaml. Go: helm pkg/chart/v2/lint/rules/chartfile.go */
import { METADATA } from '../chart/metadata.ts';
import { decodeBytes } from '../go/bytes.ts';
import { baseName } from '../go/path.ts';
import { quote } from '../go/quote.ts';
import { parseConstraint, parseStrictVersion, parseVersion, type Version } from '../go/semver.ts';
import { type GoMap, isMap, typeOf } from '../go/value.ts';
import { yamlToValue } from '../yaml/decode.ts';
import { type Decoded, unmarshalStruct } from '../yaml/struct.ts';
import { isEmail, isRequestUrl, isUrl } from './address.ts';
import type { Findings } from './message.ts';
import type { LintSource } from './source.ts';

const FILE = 'Chart.yaml';

/** Checks Chart.yaml; a file that cannot be read ends it. */
export function lintChartfile(source: LintSource, found: Findings): void {
  if (source.kind(FILE) === 'folder') found.check('ERROR', FILE, 'should be a file, not a directory');
  let text: string;
  let chart: Decoded;
  try {
    text = decodeBytes(source.read(FILE));
    chart = unmarshalStruct(METADATA, text) ?? {};
  } catch (error) {
    found.check('ERROR', FILE, `unable to parse YAML\n\t${(error as Error).message}`);
    return;
  }
  found.check('WARNING', FILE, strictProblem(text));
  const raw = rawFields(text);
  found.check('ERROR', FILE, nameProblem(str(chart, 'name')));
  found.check('ERROR', FILE, apiVersionProblem(str(chart, 'apiVersion')));
  found.check('ERROR', FILE, typeProblem(raw, 'version'));
  found.check('ERROR', FILE, versionProblem(str(chart, 'version')));
  found.check('ERROR', FILE, typeProblem(raw, 'appVersion'));
  found.check('ERROR', FILE, maintainerProblem((chart['maintainers'] ?? []) as (Decoded | null)[]));
  found.check('ERROR', FILE, sourcesProblem((chart['sources'] ?? []) as string[]));
  const icon = str(chart, 'icon');
  found.check('INFO', FILE, icon === '' ? 'icon is recommended' : undefined);
  found.check('ERROR', FILE, icon !== '' && !isRequestUrl(icon) ? `invalid icon URL '${icon}'` : undefined);
  for (const problem of v2Problems(chart)) found.check('ERROR', FILE, problem);
  found.check('WARNING', FILE, strictVersionProblem(str(chart, 'version')));
}

function str(fields: Decoded, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function strictProblem(text: string): string | undefined {
  try {
    unmarshalStruct(METADATA, text, {}, { strict: true });
    return undefined;
  } catch (error) {
    return `failed to strictly parse chart metadata file\n\t${(error as Error).message}`;
  }
}

/** The fields as YAML has them, before any became a string. */
function rawFields(text: string): GoMap {
  try {
    const value = yamlToValue(text);
    return isMap(value) ? value : new Map();
  } catch {
    return new Map();
  }
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'name is required';
  return baseName(name) === name ? undefined : `chart name ${quote(name)} is invalid`;
}

function apiVersionProblem(apiVersion: string): string | undefined {
  const wanted = 'The value must be either "v1" or "v2"';
  if (apiVersion === '') return `apiVersion is required. ${wanted}`;
  return apiVersion === 'v1' || apiVersion === 'v2' ? undefined : `apiVersion '${apiVersion}' is not valid. ${wanted}`;
}

function typeProblem(raw: GoMap, field: string): string | undefined {
  if (!raw.has(field)) return undefined;
  const type = typeOf(raw.get(field));
  return type === 'string' ? undefined : `${field} should be of type string but it's of type ${type}`;
}

function versionProblem(text: string): string | undefined {
  if (text === '') return 'version is required';
  let version: Version;
  try {
    version = parseVersion(text);
  } catch {
    return `version '${text}' is not a valid SemVer`;
  }
  const constraint = parseConstraint('>0.0.0-0');
  const [reason] = constraint.check(version) ? [] : constraint.reasons(version);
  return reason === undefined ? undefined : `version ${reason}`;
}

function strictVersionProblem(text: string): string | undefined {
  try {
    parseStrictVersion(text);
    return undefined;
  } catch {
    return `version '${text}' is not a valid SemVerV2`;
  }
}

function maintainerProblem(maintainers: readonly (Decoded | null)[]): string | undefined {
  for (const maintainer of maintainers) {
    if (maintainer === null) return 'a maintainer entry is empty';
    const [name, email, url] = ['name', 'email', 'url'].map((field) => str(maintainer, field)) as [
      string,
      string,
      string,
    ];
    if (name === '') return 'each maintainer requires a name';
    if (email !== '' && !isEmail(email)) return `invalid email '${email}' for maintainer '${name}'`;
    if (url !== '' && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  }
  return undefined;
}

function sourcesProblem(sources: readonly string[]): string | undefined {
  const bad = sources.find((source) => !isRequestUrl(source));
  return bad === undefined ? undefined : `invalid source URL '${bad}'`;
}

/** What only v2 has. */
function v2Problems(chart: Decoded): string[] {
  const apiVersion = str(chart, 'apiVersion');
  if (apiVersion === 'v2') return [];
  const out: string[] = [];
  if (str(chart, 'type') !== '') {
    out.push(`chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`);
  }
  if (((chart['dependencies'] ?? []) as unknown[]).length > 0) {
    out.push(
      `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`,
    );
  }
  return out;
}
