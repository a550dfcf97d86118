import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { nodeInflate } from '../node/inflate.ts';
import { webInflate } from '../sources/inflate-web.ts';
import { decodeRelease, encodeRelease, readRelease, releaseJson } from './codec.ts';

/** `[from, to, text]`: the usual answer with a part of it replaced. A text alone is Go's error. */
type Answer = string | readonly [from: number, to: number, text: string];

interface Recorded {
  readonly base: string;
  readonly answer: string;
  readonly whole: readonly (readonly [question: string, answer: string])[];
  readonly changed: readonly (readonly [path: readonly (string | number)[], value: unknown, answer: Answer])[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/testdata/release/records.json', import.meta.url), 'utf8'),
) as Recorded;

function rewrite(json: string): string {
  try {
    return releaseJson(readRelease(json));
  } catch (error) {
    return `ERR ${(error as Error).message}`;
  }
}

/** `value` with what stands at `path` replaced. The keys here are the test's own. */
function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? replaced(item, rest, by) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, item]) => [name, name === key ? replaced(item, rest, by) : item]),
  );
}

test('a record is read and written again as Helm does it', () => {
  assert.equal(rewrite(recorded.base), recorded.answer);
  for (const [question, answer] of recorded.whole) assert.equal(rewrite(question), answer, question);
});

test('a record with one part changed is read, or refused, as by Helm', () => {
  const base = JSON.parse(recorded.base) as unknown;
  for (const [path, value, answer] of recorded.changed) {
    const question = JSON.stringify(replaced(base, path, value));
    // JSON.stringify has rounded and reordered nothing that the question is not about, but for one number.
    const wanted =
      typeof answer === 'string'
        ? `ERR ${answer}`
        : recorded.answer.slice(0, answer[0]) + answer[2] + recorded.answer.slice(answer[1]);
    assert.equal(rewrite(question), wanted, JSON.stringify([path, value]));
  }
});

const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 9 });

test('what is stored is base64 of gzip of JSON', async () => {
  const release = readRelease(recorded.base);
  const text = encodeRelease(release, gzip);
  assert.match(text, /^H4sI[A-Za-z0-9+/=]+$/);
  for (const inflate of [nodeInflate, webInflate]) {
    assert.equal(releaseJson(await decodeRelease(text, inflate)), recorded.answer);
  }
});

test('a lease is kept, and is not in what Helm knows', async () => {
  const lease = {
    id: 'a1',
    holder: 'ana@host (pid 1)',
    operation: 'upgrade',
    started: '2026-01-01T00:00:00Z',
    renewed: '2026-01-01T00:00:10.5Z',
    duration: 30,
  } as const;
  const text = encodeRelease({ ...readRelease(recorded.base), lease }, gzip);
  assert.deepEqual((await decodeRelease(text, nodeInflate)).lease, lease);
});

test('what an operation left is kept, and is not in what Helm knows', async () => {
  const left = [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' }];
  const text = encodeRelease({ ...readRelease(recorded.base), left }, gzip);
  assert.deepEqual((await decodeRelease(text, nodeInflate)).left, left);
  assert.equal('left' in readRelease(recorded.base), false);
});

const base64 = (text: string): string => btoa(text);

const BROKEN: readonly (readonly [what: string, text: string, message: string | RegExp])[] = [
  ['no base64', '*', 'illegal base64 data at input byte 0'],
  ['nothing', '', 'unexpected end of JSON input'],
  ['no JSON', base64('hello'), "invalid character 'h' looking for beginning of value"],
  ['a list', base64('[]'), 'json: cannot unmarshal array into Go value of type v1.Release'],
  [
    'what a reader of its own refuses, after something else that does not fit',
    base64('{"manifest":1,"info":{"description":[]}}'),
    'json: cannot unmarshal array into Go struct field Release.info.description of type string',
  ],
  [
    'times that are none, in order of their names',
    base64('{"hooks":[{"last_run":{"started_at":"a","completed_at":"b"}}]}'),
    'parsing time "b" as "2006-01-02T15:04:05Z07:00": cannot parse "b" as "2006"',
  ],
  [
    'bytes that are no base64, before a time that is none',
    base64('{"chart":{"files":[{"data":"*"}],"modtime":"x"}}'),
    'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"',
  ],
  ['bytes alone that are no base64', base64('{"chart":{"schema":"*"}}'), 'illegal base64 data at input byte 0'],
  ['too deep', base64('['.repeat(20_000)), /exceeded max depth/],
  ['too many values', base64(`[${'0,'.repeat(600_000)}0]`), 'the record has more than 500000 nodes'],
  ['cut gzip', encodeRelease(readRelease(recorded.base), gzip).slice(0, 400), 'unexpected EOF'],
];

test('broken records have an error and nothing worse', async () => {
  for (const [what, text, message] of BROKEN) {
    await assert.rejects(decodeRelease(text, nodeInflate), { message }, what);
  }
});

test('a record that unpacks to more than the limit is not unpacked', async () => {
  const bomb = Buffer.from(gzipSync(Buffer.alloc(4_000_000))).toString('base64');
  assert.ok(bomb.length < 6000);
  for (const inflate of [nodeInflate, webInflate]) {
    await assert.rejects(decodeRelease(bomb, inflate, 1_000_000), /larger than its limit/);
  }
});

test('records that are not compressed are read, as those of long ago', async () => {
  const release = await decodeRelease(base64('{"name":"old","version":2,"info":{"status":"deployed"}}'), nodeInflate);
  assert.deepEqual([release.name, release.version, release.info.status], ['old', 2, 'deployed']);
});
