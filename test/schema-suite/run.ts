/**
 * Holds Pintle's validator against the official test suite of JSON Schema and against the answers that Helm's
 * validator gave to it (main.go): each verdict and each line of each text must be equal. Where Helm's validator
 * does not share the suite's opinion, neither may ours.
 *
 * What the suite serves over the network is given to both sides from its folder. Without that, as by default, ours
 * must refuse each schema that refers to such a document, and says so.
 *
 *     node test/schema-suite/run.ts SUITE-FOLDER ANSWERS [--show N]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBytes } from '../../src/go/bytes.ts';
import { GoError } from '../../src/go/error.ts';
import { compileSchema, type SchemaOptions } from '../../src/values/schema/check.ts';
import { DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020, type Draft } from '../../src/values/schema/draft.ts';
import { parseSchemaJson } from '../../src/values/schema/json-value.ts';
import { isQuicklyValid } from '../../src/values/schema/quick.ts';
import { formatViolation } from '../../src/values/schema/violation.ts';

/** One schema of the suite, its tests, and what Helm's validator says: empty where it has nothing against them. */
interface Group {
  readonly draft: string;
  readonly file: string;
  readonly name: string;
  readonly schema: string;
  /** Of the schema itself; then the tests have no answers. */
  readonly err: string;
  readonly tests: readonly Test[];
}

interface Test {
  readonly name: string;
  readonly data: string;
  /** What the suite expects. */
  readonly valid: boolean;
  readonly err: string;
}

interface Count {
  tests: number;
  equal: number;
  /** Tests in which ours, or Helm's validator, has the verdict that the suite expects. */
  ours: number;
  helms: number;
  /** Schemas that both sides refuse, and those that need a document of the suite's server. */
  refused: number;
  remote: number;
  /** Tests that ours sees to be valid without compiling the schema. */
  quick: number;
}

const DRAFTS: Readonly<Record<string, Draft>> = {
  draft4: DRAFT_4,
  draft6: DRAFT_6,
  draft7: DRAFT_7,
  'draft2019-09': DRAFT_2019,
  'draft2020-12': DRAFT_2020,
};

/** Fewer tests than this means that the suite was not all there. */
const LEAST = 7000;

const SERVER = 'http://localhost:1234/';
const POLICY = 'a schema may refer only to itself, unless others are allowed by name';

/** What ours says of a schema, or of each of its tests. */
function ask(group: Group, options: SchemaOptions): string | string[] {
  try {
    const schema = compileSchema(group.schema, options);
    return group.tests.map(({ data }) => {
      const violation = schema.check(parseSchemaJson(data));
      return violation === undefined ? '' : formatViolation(violation);
    });
  } catch (err) {
    if (err instanceof GoError) return err.message;
    throw err;
  }
}

/** Go visits the properties of an object in no fixed order, and so come lines and the names of properties. */
function canonical(text: string): string {
  const lines = text.split('\n').map((line) =>
    line.replace(/additional properties (.*) not allowed/, (_, names: string) => {
      return `additional properties ${names.split(', ').sort().join(', ')} not allowed`;
    }),
  );
  return lines.sort().join('\n');
}

const differences: string[] = [];

function holds(where: string, want: string, got: string): boolean {
  if (canonical(want) === canonical(got)) return true;
  differences.push(`${where}\n    want ${JSON.stringify(want)}\n    got  ${JSON.stringify(got)}`);
  return false;
}

function compare(group: Group, folder: string, count: Count): void {
  const draft = DRAFTS[group.draft];
  if (!draft) throw new Error(`no such draft: ${group.draft}`);
  let isRemote = false;
  const load = (url: string): Uint8Array | undefined => {
    if (!url.startsWith(SERVER)) return undefined;
    isRemote = true;
    return readFileSync(join(folder, 'remotes', url.slice(SERVER.length)));
  };
  const where = `${group.file}: ${group.name}`;
  const got = ask(group, { draft, load });
  if (isRemote) refuses(where, ask(group, { draft }), count);
  if (typeof got === 'string' && group.err !== '') count.refused++;
  for (const [i, test] of group.tests.entries()) {
    const want = group.err || test.err;
    const text = typeof got === 'string' ? got : (got[i] as string);
    count.tests++;
    if ((text === '') === test.valid) count.ours++;
    if ((want === '') === test.valid) count.helms++;
    if (holds(`${where}: ${test.name}`, want, text)) count.equal++;
    if (!isQuicklyValid(encodeBytes(group.schema), parseSchemaJson(test.data), draft)) continue;
    count.quick++;
    if (want !== '') differences.push(`${where}: ${test.name}: taken for valid at a glance`);
  }
}

function refuses(where: string, got: string | string[], count: Count): void {
  count.remote++;
  if (typeof got === 'string' && got.includes(POLICY)) return;
  differences.push(`${where}: reads what nobody allowed it to: ${JSON.stringify(got)}`);
}

const args = process.argv.slice(2);
const showAt = args.indexOf('--show');
const show = showAt < 0 ? 5 : Number(args.splice(showAt, 2)[1]);
const [folder, answers] = args;
if (folder === undefined || answers === undefined) throw new Error('usage: run.ts SUITE-FOLDER ANSWERS [--show N]');

const counts = new Map<string, Count>();
for (const name of Object.keys(DRAFTS)) {
  counts.set(name, { tests: 0, equal: 0, ours: 0, helms: 0, refused: 0, remote: 0, quick: 0 });
}
for (const line of readFileSync(answers, 'utf8').split('\n')) {
  if (line === '') continue;
  const group = JSON.parse(line) as Group;
  compare(group, folder, counts.get(group.draft) as Count);
}
for (const difference of differences.slice(0, show)) console.log(difference.slice(0, 2000));

let passed = 0;
let remote = 0;
let total = 0;
for (const [name, count] of counts) {
  console.log(
    `${name}: ${count.equal} of ${count.tests} answers as Helm's; ${count.ours} as the suite expects ` +
      `(Helm's ${count.helms}); ${count.refused} schemas refused by both; ${count.quick} valid at a glance`,
  );
  if (count.tests === 0) differences.push(`${name}: no tests`);
  passed += count.equal;
  total += count.tests;
  remote += count.remote;
}
console.log(`${remote} schemas refer to other documents: compared with these allowed, and refused without`);
if (total < LEAST) differences.push(`${total} tests, want ${LEAST} or more`);
console.log(`${passed} passed, ${differences.length} failed`);
process.exitCode = differences.length > 0 ? 1 : 0;
