/** Releases: their records, names and labels, and what lists say of them. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isObject, type KubeObject, parseJson } from '../../../src/cluster/json.ts';
import type { ApiClient } from '../../../src/cluster/types.ts';
import { GoError } from '../../../src/go/error.ts';
import { humanDuration } from '../../../src/go/human-duration.ts';
import { unmarshalJson } from '../../../src/go/json.ts';
import { compareStrings } from '../../../src/go/value.ts';
import { validateReleaseName } from '../../../src/library/release-name.ts';
import { nodeInflate } from '../../../src/node/inflate.ts';
import { readRelease, releaseJson } from '../../../src/release/codec.ts';
import { matchesSelector, parseSelector } from '../../../src/release/selector.ts';
import { configMapStore } from '../../../src/release/stores/configmap.ts';
import { secretStore } from '../../../src/release/stores/secret.ts';
import { canonicalTimestamp } from '../../../src/release/timestamp.ts';
import { sameAnswer, sameWords } from '../compare.ts';
import { type Answer, base64, finding, type Target, textOf } from '../target.ts';
import { hasKeyTwice, some } from './json-shapes.ts';

const TIMES = fc.constantFrom(
  '',
  '2026-03-04T05:06:07.123456789Z',
  '0001-01-01T00:00:00Z',
  '2026-03-04T05:06:07+01:00',
);
const NAMES = fc.constantFrom('web', 'a-b', '', 'x.y');
const ODD = fc.constantFrom(null, 1, -0.5, 'text', true, [], {}, [null], { a: [1] });

const FILE = some({ name: NAMES, data: fc.constantFrom('aGk=', '', 'aGk', [104, 105], null), modtime: TIMES });
const DEPENDENCY = some({
  ...{ name: NAMES, version: NAMES, repository: NAMES, condition: NAMES, alias: NAMES, enabled: fc.boolean() },
  ...{ tags: fc.array(NAMES, { maxLength: 2 }), 'import-values': fc.array(ODD, { maxLength: 2 }) },
});
const METADATA = some({
  ...{ name: NAMES, version: NAMES, apiVersion: NAMES, description: NAMES, icon: NAMES, deprecated: fc.boolean() },
  ...{ keywords: fc.array(NAMES, { maxLength: 2 }), annotations: fc.dictionary(NAMES, NAMES, { maxKeys: 2 }) },
  ...{ maintainers: fc.array(some({ name: NAMES, email: NAMES, url: NAMES }), { maxLength: 2 }), type: NAMES },
  dependencies: fc.array(DEPENDENCY, { maxLength: 2 }),
});
const HOOK = some({
  ...{ name: NAMES, kind: NAMES, path: NAMES, manifest: NAMES, weight: fc.integer(), events: fc.array(NAMES) },
  last_run: some({ started_at: TIMES, completed_at: TIMES, phase: NAMES }),
  ...{ delete_policies: fc.array(NAMES, { maxLength: 2 }), output_log_policies: fc.array(NAMES, { maxLength: 2 }) },
});
const RECORD = some({
  ...{ name: NAMES, namespace: NAMES, version: fc.integer(), manifest: NAMES, apply_method: NAMES },
  info: some({ first_deployed: TIMES, last_deployed: TIMES, deleted: TIMES, description: NAMES, status: NAMES }),
  chart: some({
    ...{ metadata: METADATA, values: fc.dictionary(NAMES, ODD), schema: fc.constantFrom(null, '', 'e30=') },
    ...{ templates: fc.array(FILE, { maxLength: 2 }), files: fc.array(FILE, { maxLength: 2 }), modtime: TIMES },
    lock: some({ generated: TIMES, digest: NAMES, dependencies: fc.array(DEPENDENCY, { maxLength: 1 }) }),
    schemamodtime: TIMES,
  }),
  config: fc.option(fc.dictionary(NAMES, ODD, { maxKeys: 2 })),
  hooks: fc.array(HOOK, { maxLength: 2 }),
}).map((record) => JSON.stringify(record));

const LABELS = [{}, { a: 'b', name: 'web' }, { a: '5', 'x/y': '' }, { a: '-7', b: '9223372036854775807' }];

/** What a client answers that has one object. */
function clientOf(object: KubeObject): ApiClient {
  return { get: async () => object } as unknown as ApiClient;
}

/** Bytes, and whether they are a Secret's or a ConfigMap's: the first of them tells. */
function recordOf(input: Uint8Array): { readonly kind: 'secret' | 'configmap'; readonly text: string } {
  const text = Buffer.from(input.subarray(1)).toString('utf8');
  return { kind: input[0] === 0x73 ? 'secret' : 'configmap', text };
}

async function readRecord(input: Uint8Array): Promise<unknown> {
  const { kind, text } = recordOf(input);
  let object: unknown;
  try {
    object = parseJson(text);
  } catch (error) {
    // Who asks the server says it in other words.
    if (error instanceof SyntaxError) throw new GoError(error.message);
    throw error;
  }
  if (!isObject(object as KubeObject) || !isObject((object as KubeObject).metadata)) throw new GoError('no object');
  const host = { log: { log: () => {} }, inflate: nodeInflate, now: () => 0, maxRecord: 1 << 20 };
  const make = kind === 'secret' ? secretStore : configMapStore;
  const { release } = await make(clientOf(object as KubeObject), 'home', host).get('web', 1);
  return [releaseJson(release), Object.fromEntries([...release.labels].sort(([a], [b]) => compareStrings(a, b)))];
}

const STORED = Buffer.from(gzipSync('{"name":"web","version":1}')).toString('base64');

/** An object of the API with a record in it. */
function stored(kind: string, labels: string, record: string): string {
  const data = kind === 'Secret' ? Buffer.from(record).toString('base64') : record;
  const name = 'sh.helm.release.v1.web.v1';
  const text = `{"kind":"${kind}","metadata":{"name":"${name}","labels":${labels}},"data":{"release":"${data}"}}`;
  return (kind === 'Secret' ? 's' : 'c') + text;
}

/** Fields that Helm's Go client does not take are not looked at here: an API server never sends them. */
function sameRecord(ours: Answer, helm: Answer): boolean {
  if ('err' in ours && /the record is that of|no object/.test(ours.err)) return true;
  return 'err' in helm && /^json: |invalid character|unexpected end/.test(helm.err)
    ? true
    : sameAnswer(withoutInfo(ours), withoutInfo(helm));
}

/** A release without any information, which there is none of: we do not tell it from one whose information is empty. */
function withoutInfo(answer: Answer): Answer {
  if ('err' in answer) return answer;
  return {
    ok: JSON.parse(
      JSON.stringify(answer.ok)
        .replace(/\\"info\\":\{\},?/g, '')
        .replaceAll(',}', '}'),
    ),
  };
}

export const releaseTargets: readonly Target[] = [
  {
    name: 'release-decode',
    seeds: [
      '{"name":"web","info":{"first_deployed":"2026-03-04T05:06:07Z","deleted":"","status":"deployed"},"version":1}',
      '{"chart":{"metadata":{"name":"c"},"lock":null,"templates":[{"name":"t","data":"aGk="}],"values":{"a":1}}}',
      '{"hooks":[{"name":"h","events":["test"],"last_run":{"phase":""},"weight":-1}],"lease":{"duration":1}}',
    ],
    words: ['"name"', '"info"', '"chart"', '"hooks"', '"last_run"', '"NAME"', 'null', '[]', '{}', '":', '\\u0000'],
    shape: RECORD,
    run: (input) => {
      const written = releaseJson(readRelease(textOf(input)));
      if (releaseJson(readRelease(written)) !== written) finding('a record changes when it is read and written again');
      return withoutOurs(written);
    },
    question: (input) => {
      return hasKeyTwice(textOf(input)) ? undefined : { call: 'release-decode', args: [base64(input)] };
    },
    same: (ours, helm) => {
      if ('ok' in ours) return ours.ok === null || sameWords(withoutInfo(ours), withoutInfo(helm));
      // Go takes a time as it is written, with its escapes.
      return sameWords(ours, helm) || ('err' in helm && [ours, helm].every(({ err }) => /^parsing time "/.test(err)));
    },
  },
  {
    name: 'release-record',
    seeds: [
      stored('Secret', '{"owner":"helm","a":"b"}', STORED),
      stored('ConfigMap', '{}', STORED),
      stored('ConfigMap', '{"a":"b"}', Buffer.from('{"name":"web","version":1}').toString('base64')),
    ],
    words: ['"labels"', '"data"', '"release"', 'null', '"H4sIAAAA', '{}'],
    shape: fc
      .tuple(fc.constantFrom('Secret', 'ConfigMap'), fc.dictionary(NAMES, fc.oneof(NAMES, ODD)), RECORD, fc.nat(3))
      .map(([kind, labels, record, how]) => {
        const bytes = how === 0 ? Buffer.from(record) : gzipSync(`{"name":"web","version":1,${record.slice(1)}`);
        return stored(kind, JSON.stringify(labels), bytes.subarray(0, how === 1 ? -3 : undefined).toString('base64'));
      }),
    run: readRecord,
    question: (input) => {
      const { kind, text } = recordOf(input);
      return { call: 'release-record', args: [kind, base64(Buffer.from(text))] };
    },
    same: sameRecord,
  },
  {
    name: 'label-selector',
    seeds: ['a=b, c!=d,e in (f, g),!h', 'a>5,b < 7', 'x/y notin (),z', 'in in (in,notin)', 'a==\0b'],
    words: ['in', 'notin', '(', ')', ',', '!', '=', '==', '!=', '>', '<', 'a.b/c', '-5', '_'],
    run: (input) => {
      const text = textOf(input);
      const selector = parseSelector(text);
      const all = selector.map(({ key, operator, values }) => [key, operator, values]);
      return [all, LABELS.map((labels) => matchesSelector(text, new Map(Object.entries(labels))))];
    },
    question: (input) => ({ call: 'label-selector', args: [base64(input), JSON.stringify(LABELS)] }),
    same: sameWords,
  },
  {
    name: 'release-name',
    seeds: ['web', 'a.b-c', 'A', `${'a'.repeat(53)}`, `${'a'.repeat(54)}`, '-', 'a..b'],
    longest: 80,
    run: (input) => {
      try {
        validateReleaseName(textOf(input));
      } catch (error) {
        throw new GoError((error as Error).message.replace(/^release name ".*?": (?=no|invalid)/s, ''));
      }
      return null;
    },
    question: (input) => ({ call: 'release-name', args: [base64(input)] }),
    same: sameWords,
  },
  {
    name: 'timestamp',
    seeds: ['"2026-03-04T05:06:07.123456789Z"', '"2026-03-04T05:06:07+01:30"', '"0001-01-01T00:00:00Z"', '""'],
    words: ['Z', '+23:59', '-24:00', '.000', ',5', '24', '60', '02-29', '9999', '0000', 'T', ' '],
    longest: 64,
    run: (input) => {
      const value = unmarshalJson(textOf(input));
      if (typeof value !== 'string') throw new GoError('no text');
      return `"${canonicalTimestamp(value) || '0001-01-01T00:00:00Z'}"`;
    },
    // Null is no time, which whoever reads a field looks at before.
    question: (input) => ({ call: 'timestamp', args: [base64(input)] }),
    same: (ours, helm) => sameAnswer(ours, helm) || ('err' in ours && ours.err === 'no text'),
  },
  {
    name: 'human-duration',
    seeds: ['0', '-1999', '119999', '600000', '10800000', '28800000', '172800000', '691200000', '252288000000'],
    words: ['0', '9', '-', '000', '86400'],
    longest: 13,
    run: (input) => humanDuration(millisecondsOf(input)),
    question: (input) => ({ call: 'human-duration', args: [String(millisecondsOf(input))] }),
  },
];

function millisecondsOf(input: Uint8Array): number {
  const text = textOf(input);
  return /^-?\d{1,12}$/.test(text) ? Number(text) + 0 : 0;
}

/** The fields that Helm passes over. */
function withoutOurs(json: string): unknown {
  return /"(?:lease|left)":/.test(json) ? undefined : json;
}
