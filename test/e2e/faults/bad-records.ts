/** Records that somebody broke, or made to break what reads them. */
import { gzipSync } from 'node:zlib';

/** How a record is stored: its text, and what its place says of it. */
export interface BadRecord {
  readonly name: string;
  /** The text of the record, from the JSON of a good one. Undefined: there is none. */
  readonly text: (good: Readonly<Record<string, unknown>>) => string | undefined;
  /** Labels other than the right ones. */
  readonly labels?: Readonly<Record<string, string>>;
  /** It can be read all the same, and says this of its status. */
  readonly status?: string;
}

type Json = Readonly<Record<string, unknown>>;

export const packed = (text: string | Buffer): string => gzipSync(text).toString('base64');
const json = (value: unknown): string => packed(JSON.stringify(value));
const changed = (good: Json, more: Json): string => json({ ...good, ...more });
const info = (good: Json, more: Json): string => changed(good, { info: { ...(good['info'] as Json), ...more } });

const MEGABYTE = 1024 * 1024;

/** So many megabytes of the same, without having them in memory more than once. */
function bomb(before: string, each: string, megabytes: number, after: string): string {
  const middle = Buffer.alloc(megabytes * MEGABYTE, each);
  return packed(Buffer.concat([Buffer.from(before), middle, Buffer.from(after)]));
}

export const BAD: readonly BadRecord[] = [
  { name: 'bad base64', text: () => '!!! no base64 !!!' },
  { name: 'an empty text', text: () => '' },
  { name: 'no text', text: () => undefined },
  { name: 'cut base64', text: (good) => json(good).slice(0, 101) },
  { name: 'cut gzip', text: (good) => Buffer.from(json(good), 'base64').subarray(0, 90).toString('base64') },
  {
    name: 'gzip with a wrong sum',
    text: (good) => {
      const bytes = Buffer.from(json(good), 'base64');
      bytes.writeUInt32LE(1, bytes.length - 8);
      return bytes.toString('base64');
    },
  },
  { name: 'bomb of nothing', text: () => bomb('{"name":"', 'a', 512, '"}') },
  { name: 'bomb of lists', text: () => bomb('{"config":{"a":[[]', ',[]', 120, ']}}') },
  { name: 'bomb of maps', text: () => bomb('{"config":{"a":[{}', ',{"a":{}}', 120, ']}}') },
  { name: 'bomb of numbers', text: () => bomb('{"hooks":[0', ',0', 120, ']}') },
  { name: 'bomb of depth', text: () => bomb('{"config":', '[', 100, '}') },
  {
    name: 'bomb of one long text',
    text: (good) => bomb(`${JSON.stringify(good).slice(0, -1)},"manifest":"#`, 'a', 100, '"}'),
    status: 'failed',
  },
  { name: 'junk', text: () => packed('{"name":') },
  { name: 'junk after it', text: (good) => packed(`${JSON.stringify(good)}}`) },
  { name: 'bytes', text: () => packed(Buffer.from([0xff, 0xfe, 0, 1, 2])) },
  { name: 'a list', text: () => json([]) },
  { name: 'a text', text: () => json('release') },
  { name: 'null', text: () => json(null) },
  { name: 'an empty map', text: () => json({}) },
  { name: 'another revision', text: (good) => changed(good, { version: 7 }) },
  { name: 'another release', text: (good) => changed(good, { name: 'other' }) },
  { name: 'a revision that is a text', text: (good) => changed(good, { version: 'two' }) },
  { name: 'info that is a text', text: (good) => changed(good, { info: 'deployed' }) },
  { name: 'labels of another status', text: (good) => json(good), labels: { status: 'superseded' }, status: 'failed' },
  { name: 'labels of another revision', text: (good) => json(good), labels: { version: '9' }, status: 'failed' },
  { name: 'an unknown status', text: (good) => info(good, { status: 'exploded' }), status: 'exploded' },
  { name: 'a status that is null', text: (good) => info(good, { status: null }), status: '' },
  {
    name: 'null everywhere',
    text: (good) => {
      const { name, version, namespace } = good;
      const nothing = { info: null, chart: null, config: null, manifest: null, hooks: null, labels: null };
      return json({ name, version, namespace, ...nothing });
    },
    status: '',
  },
  { name: 'hooks that are null', text: (good) => changed(good, { hooks: [null, null] }), status: 'failed' },
  { name: 'times that are none', text: (good) => info(good, { first_deployed: '', deleted: '' }), status: 'failed' },
];
