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

/** What an operation adds to its record, in bytes, beside what each hook adds. */
const GROWTH = 2048;
const HOOK_GROWTH = 160;

/** Whether a record of `size` bytes may not fit any more once {@link grown}. */
export function isNearLimit(size: number, { hooks }: Release): boolean {
  return size + GROWTH + hooks.length * HOOK_GROWTH > MAX_DATA;
}

/**
 * A release as its record is at its largest: who works on it, when its hooks ran, and how it ended. What is added does
 * not compress here, as it hardly does there.
 */
export function grown(release: Release): Release {
  const [time, other] = ['2026-03-04T05:06:07.123456789Z', '2027-12-11T10:09:08.987654321Z'];
  const lastRun = { startedAt: time, completedAt: other, phase: 'Succeeded' as const };
  const lease = { id: noise(32), holder: noise(64), started: time, renewed: other, duration: 30 };
  return {
    ...release,
    info: { ...release.info, status: 'pending-rollback', deleted: other, description: noise(LONGEST) },
    hooks: release.hooks.map((hook, i) => ({ ...hook, lastRun: { ...lastRun, startedAt: later(time, i) } })),
    lease: release.lease ?? { ...lease, operation: 'uninstall' },
  };
}

/** The longest description that a record near the limit gets. */
const LONGEST = 200;

function noise(length: number): string {
  let [text, state] = ['', 1];
  while (text.length < length) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += (state >>> 8).toString(36);
  }
  return text.slice(0, length);
}

function later(time: string, i: number): string {
  return time.replace('123456789', String(123456789 + ((i * 7919777) % 800_000_000)));
}

/**
 * The release with less and less of what is not needed to go on with it, for records that must be changed: nothing
 * reads the files of a chart once it is rendered.
 */
export function* shortened({ left: _, ...release }: Release): Iterable<Release> {
  const { info, chart } = release;
  const description = info.description.length > LONGEST ? `${info.description.slice(0, LONGEST)}…` : info.description;
  const short = { ...release, info: { ...info, description } };
  yield short;
  const bare = new Map(chart).set('files', null);
  yield { ...short, chart: bare };
  yield { ...short, info: { ...short.info, notes: '' }, chart: new Map(bare).set('templates', null) };
}

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
