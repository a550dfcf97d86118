/** Whether a record fits its place, and what makes it large where it does not. */
import { PintleError } from '../errors.ts';
import { encodeBytes } from '../go/bytes.ts';
import { marshalJson } from '../go/json.ts';
import type { Value } from '../go/value.ts';
import type { Gzip } from './codec.ts';
import { releaseKey } from './key.ts';
import type { Release } from './types.ts';

/** The bytes of data that a Secret or a ConfigMap may have. Go: k8s.io/api core MaxSecretSize */
export const MAX_DATA: number = 1024 * 1024;

interface Part {
  readonly name: string;
  /** Bytes that it takes in the record, compressed by itself. */
  readonly size: number;
}

/** How many of the largest parts are packed to see what they take, and how many of those are named. */
const CANDIDATES = 12;
const NAMED = 4;

/**
 * The error for a record of `size` bytes in a place that takes `limit`: Helm's text, which is the server's, with the
 * largest parts in the hint.
 */
export function tooLarge(kind: string, release: Release, size: number, limit: number, gzip: Gzip): PintleError {
  const key = releaseKey(release.name, release.version);
  const largest = largestParts(release, gzip);
  const named = largest
    .filter((part, i) => i === 0 || part.size > size / 100)
    .slice(0, NAMED)
    .map(({ name, size: bytes }) => `${name} ${shown(bytes)}`);
  const [prefix, field] = kind === 'Secret' ? ['create: failed to create: ', 'data'] : ['', '[]'];
  const fault = `${kind} "${key}" is invalid: ${field}: Too long: may not be more than ${limit} bytes`;
  return new PintleError('RELEASE_TOO_LARGE', prefix + fault, {
    hint: `the record of the release takes ${shown(size)} of ${shown(limit)}; largest: ${named.join(', ')}. Leave files out with .helmignore, or keep records elsewhere (HELM_DRIVER=sql)`,
    data: { size, limit, parts: largest },
  });
}

function shown(bytes: number): string {
  return `${bytes.toLocaleString('en-US')} bytes`;
}

function largestParts(release: Release, gzip: Gzip): readonly Part[] {
  const { chart, config, manifest, hooks, info } = release;
  const texts: [string, string][] = [
    ['manifest', manifest],
    ['notes', info.notes],
    ['user-supplied values', config === null ? '' : marshalJson(config)],
    ['values.yaml', marshalJson(chart.get('values') ?? null)],
    ['values.schema.json', textOf(chart.get('schema'))],
    ...hooks.map((hook): [string, string] => [`hook ${hook.path}`, hook.manifest]),
    ...filesOf(chart.get('templates')),
    ...filesOf(chart.get('files')),
  ];
  return texts
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, CANDIDATES)
    .map(([name, text]) => ({ name, size: Math.ceil((gzip(encodeBytes(text)).length * 4) / 3) }))
    .sort((a, b) => b.size - a.size);
}

function filesOf(files: Value): [string, string][] {
  if (!Array.isArray(files)) return [];
  return files.flatMap((file): [string, string][] =>
    file instanceof Map ? [[textOf(file.get('name')), textOf(file.get('data'))]] : [],
  );
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : '';
}
