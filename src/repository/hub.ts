/** The search of Artifact Hub, which Monocular had before it. Go: helm internal/monocular/search.go */
import { GoError } from '../go/error.ts';
import { parseJson } from '../go/json-parse.ts';
import { joinPath } from '../go/path.ts';
import { formatUrl, parseUrl, queryEscape } from '../go/url.ts';
import { isList, isMap, type Value } from '../go/value.ts';

/** A chart as the hub describes it. */
export interface HubChart {
  /** Its page. */
  readonly url: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  readonly repository: { readonly url: string; readonly name: string };
}

/** The URL of a search at `endpoint`, which must be a URL. */
export function hubSearchUrl(endpoint: string, term: string): string {
  const { rawPath, ...url } = parseUrl(endpoint);
  const path = joinPath(url.path, 'api/chartsvc/v1/charts/search');
  return formatUrl({ ...url, path, rawQuery: `q=${queryEscape(term)}` });
}

/** The charts in an answer; none in one that cannot be read, of which Helm says nothing. */
export function readHubAnswer(text: string, endpoint: string): HubChart[] {
  const data = get(readJson(text), 'data');
  return isList(data) ? data.map((item) => toChart(item, endpoint)) : [];
}

function readJson(text: string): Value {
  try {
    return parseJson(text).value;
  } catch (error) {
    if (error instanceof GoError) return null;
    throw error;
  }
}

function toChart(item: Value, endpoint: string): HubChart {
  const attributes = get(item, 'attributes');
  const repository = get(attributes, 'repo');
  const latest = get(get(get(item, 'relationships'), 'latestChartVersion'), 'data');
  return {
    url: textOf(get(item, 'artifactHub'), 'packageUrl') || `${endpoint}/charts/${textOf(item, 'id')}`,
    version: textOf(latest, 'version'),
    appVersion: textOf(latest, 'app_version'),
    description: textOf(attributes, 'description'),
    repository: { url: textOf(repository, 'url'), name: textOf(repository, 'name') },
  };
}

function get(value: Value, key: string): Value {
  return isMap(value) ? (value.get(key) ?? null) : null;
}

function textOf(value: Value, key: string): string {
  const found = get(value, key);
  return typeof found === 'string' ? found : '';
}
